using Ticketing.Payments;
using Ticketing.ServiceDefaults;

return await ServiceHost.RunAsync(args, PaymentsService.Build);
