using MimeKit;
using Ticketing.Contracts;
using Ticketing.Notifications.Deliveries;
using Ticketing.Notifications.MailFolder;
using Ticketing.Notifications.Mails;
using Ticketing.ServiceDefaults;

namespace Ticketing.Notifications;

/// <summary>Mails about orders and tickets: what to say, and that it is said.</summary>
public static class NotificationsService
{
    public static WebApplication Build(string[] args)
    {
        var builder = ServiceDefaultsExtensions.CreateBuilder(AppIds.Notifications, args);
        builder.AddDatabase<NotificationsDb>();
        builder.Services.AddOpenApi(options =>
            OpenApiDefaults.Configure(options, ("Notifications", "Mails and how they fared."))
        );
        builder.Services.AddValidation();
        builder
            .Services.AddOptions<NotificationsOptions>()
            .BindConfiguration("Notifications")
            .ValidateDataAnnotations()
            .Validate(
                o => MailboxAddress.TryParse(o.From, out var from) && from.Domain.Length > 0,
                "Notifications:From must be a mail address."
            )
            .Validate<IHostEnvironment>(
                (o, host) => host.IsDevelopment() || o.MailFolder is null,
                "Notifications:MailFolder is for development alone."
            )
            .ValidateOnStart();
        builder.Services.AddMetrics<MailMetrics>();
        builder.Services.AddSingleton<ComponentRenderer>();
        builder.Services.AddSingleton<MailRenderer>();
        builder.Services.AddSingleton<DeliverySignal>();
        builder.Services.AddHostedService<DeliveryWorker>();
        builder.Services.AddRetention(Delivery.Retention);

        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapDeliveries();
        app.MapMailFolder();
        return app;
    }
}
