using System.Net;
using System.Net.Sockets;
using Dapr.Workflow;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Ticketing.Contracts;

namespace Ticketing.Orders.Tests;

public sealed class SidecarTests(OrdersApp app)
{
    /// <summary>Ends a hung test.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_sidecar_that_never_answers_about_sagas_is_given_up()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var service = OrdersService.Build([
            "--ConnectionStrings:Database=" + app.System.Database(AppIds.Orders),
            "--Auth:Authority=" + app.System.Issuer.Authority,
            $"--DAPR_GRPC_ENDPOINT=http://{silent.LocalEndpoint}",
            "--Logging:LogLevel:Default=None",
        ]);
        var sagas = service.Services.GetRequiredService<DaprWorkflowClient>();
        Task[] calls =
        [
            sagas.ScheduleNewWorkflowAsync("OrderWorkflow", "a"),
            sagas.GetWorkflowStateAsync("a"),
            sagas.TerminateWorkflowAsync("a"),
            sagas.PurgeInstanceAsync("a"),
        ];
        foreach (var call in calls)
        {
            var refused = await Assert.ThrowsAsync<RpcException>(() => call.WaitAsync(Limit));
            Assert.Equal(StatusCode.Unavailable, refused.StatusCode);
        }
    }
}
