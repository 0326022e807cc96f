using Ticketing.Products;
using Ticketing.ServiceDefaults;

return await ServiceHost.RunAsync(args, ProductsService.Build);
