using Ticketing.ServiceDefaults;
using Ticketing.Users;

return await ServiceHost.RunAsync(args, UsersService.Build);
