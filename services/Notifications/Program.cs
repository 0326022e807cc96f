using Ticketing.Notifications;
using Ticketing.ServiceDefaults;

return await ServiceHost.RunAsync(args, NotificationsService.Build);
