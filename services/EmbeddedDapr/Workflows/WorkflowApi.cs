using System.Diagnostics;
using System.Globalization;
using Dapr.DurableTask.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Npgsql;
using Ticketing.EmbeddedDapr.Hosting;

namespace Ticketing.EmbeddedDapr.Workflows;

/// <summary>The workflow protocol (TaskHubSidecarService) as Dapr's SDKs speak it.</summary>
internal sealed class WorkflowApi(WorkflowHost host, WorkflowStore store)
{
    private const int MaxPage = 1_000;

    public static Task<Empty> Hello(Empty _, ServerCallContext __) => Task.FromResult(new Empty());

    public Task<CreateInstanceResponse> StartInstance(CreateInstanceRequest request, ServerCallContext call) =>
        MeasuredAsync(
            call,
            "create_workflow",
            async (engine, appId) =>
            {
                var id = request.InstanceId is { Length: > 0 } given ? given : Guid.CreateVersion7().ToString("N");
                if (request.Name.Length == 0 || !WorkflowEngine.IsId(id))
                {
                    throw new RpcException(
                        new(
                            StatusCode.InvalidArgument,
                            $"A workflow needs a name, and an id of at most {WorkflowEngine.MaxIdLength} printable characters."
                        )
                    );
                }
                var start = new ExecutionStartedEvent
                {
                    Name = request.Name,
                    Version = request.Version,
                    Input = request.Input,
                    ScheduledStartTimestamp = request.ScheduledStartTimestamp,
                    ParentTraceContext = Recorded(request.ParentTraceContext),
                    WorkflowInstance = new()
                    {
                        InstanceId = id,
                        ExecutionId = request.ExecutionId is { Length: > 0 } execution
                            ? execution
                            : Guid.CreateVersion7().ToString("N"),
                    },
                    Tags = { request.Tags },
                };
                return await engine.StartAsync(appId, id, start)
                    ? new CreateInstanceResponse { InstanceId = id }
                    : throw new RpcException(
                        new(StatusCode.AlreadyExists, $"an active workflow with ID '{id}' already exists")
                    );
            }
        );

    /// <summary>As daprd does: a workflow knows nothing of a trace that is not recorded.</summary>
    private static TraceContext? Recorded(TraceContext? trace) =>
        ActivityContext.TryParse(trace?.TraceParent, trace?.TraceState, out var parent)
        && parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded)
            ? trace
            : null;

    public Task<GetInstanceResponse> GetInstance(GetInstanceRequest request, ServerCallContext call) =>
        With(call, (engine, appId) => StateAsync(engine, appId, request, call.CancellationToken));

    public Task<GetInstanceResponse> WaitForInstanceStart(GetInstanceRequest request, ServerCallContext call) =>
        WaitAsync(request, untilFinished: false, call);

    public Task<GetInstanceResponse> WaitForInstanceCompletion(GetInstanceRequest request, ServerCallContext call) =>
        WaitAsync(request, untilFinished: true, call);

    public Task<RaiseEventResponse> RaiseEvent(RaiseEventRequest request, ServerCallContext call) =>
        Change(
            call,
            request.InstanceId,
            (engine, appId) => engine.RaiseAsync(appId, request.InstanceId, request.Name, request.Input),
            new RaiseEventResponse()
        );

    public Task<TerminateResponse> TerminateInstance(TerminateRequest request, ServerCallContext call) =>
        Change(
            call,
            request.InstanceId,
            (engine, appId) => engine.TerminateAsync(appId, request.InstanceId, request.Output, request.Recursive),
            new TerminateResponse()
        );

    public Task<SuspendResponse> SuspendInstance(SuspendRequest request, ServerCallContext call) =>
        Change(
            call,
            request.InstanceId,
            (engine, appId) => engine.SuspendAsync(appId, request.InstanceId, suspend: true),
            new SuspendResponse()
        );

    public Task<ResumeResponse> ResumeInstance(ResumeRequest request, ServerCallContext call) =>
        Change(
            call,
            request.InstanceId,
            (engine, appId) => engine.SuspendAsync(appId, request.InstanceId, suspend: false),
            new ResumeResponse()
        );

    public Task<PurgeInstancesResponse> PurgeInstances(PurgeInstancesRequest request, ServerCallContext call) =>
        MeasuredAsync(
            call,
            "purge_workflow",
            async (engine, appId) =>
            {
                if (request.PurgeInstanceFilter is { } filter)
                {
                    var filtered = await store.PurgeAsync(
                        appId,
                        filter.CreatedTimeFrom?.ToDateTime() ?? DateTime.UnixEpoch,
                        filter.CreatedTimeTo?.ToDateTime() ?? DateTime.MaxValue.ToUniversalTime(),
                        [.. filter.RuntimeStatus.Select(s => (int)s)],
                        call.CancellationToken
                    );
                    return new PurgeInstancesResponse { DeletedInstanceCount = filtered, IsComplete = true };
                }
                if (request.Force)
                {
                    await engine.TerminateAsync(appId, request.InstanceId, null, request.Recursive);
                }
                if (await engine.StateAsync(appId, request.InstanceId, false) is { CompletedTimestamp: null })
                {
                    throw new RpcException(
                        new(StatusCode.FailedPrecondition, "failed to purge workflow state: it has not yet completed")
                    );
                }
                var count = await store.PurgeAsync(
                    appId,
                    request.InstanceId,
                    request.Recursive,
                    call.CancellationToken
                );
                return new PurgeInstancesResponse { DeletedInstanceCount = count, IsComplete = true };
            }
        );

    public Task<ListInstanceIDsResponse> ListInstanceIDs(ListInstanceIDsRequest request, ServerCallContext call) =>
        With(
            call,
            async (_, appId) =>
            {
                var after = 0L;
                if (
                    request.HasContinuationToken
                    && !long.TryParse(request.ContinuationToken, CultureInfo.InvariantCulture, out after)
                )
                {
                    throw new RpcException(new(StatusCode.InvalidArgument, "the continuation token is none of ours"));
                }
                var limit = request.PageSize is > 0 and <= MaxPage ? (int)request.PageSize : MaxPage;
                var (ids, next) = await store.ListAsync(appId, after, limit, call.CancellationToken);
                var response = new ListInstanceIDsResponse { InstanceIds = { ids } };
                if (next is { } token)
                {
                    response.ContinuationToken = token.ToString(CultureInfo.InvariantCulture);
                }
                return response;
            }
        );

    public Task<GetInstanceHistoryResponse> GetInstanceHistory(
        GetInstanceHistoryRequest request,
        ServerCallContext call
    ) =>
        With(
            call,
            async (_, appId) =>
                new GetInstanceHistoryResponse
                {
                    Events =
                    {
                        await store.HistoryAsync(appId, request.InstanceId, call.CancellationToken)
                            ?? throw NotFound(request.InstanceId),
                    },
                }
        );

    public async Task GetWorkItems(GetWorkItemsRequest _, IServerStreamWriter<WorkItem> items, ServerCallContext call)
    {
        var appId = SidecarApp.Of(call.GetHttpContext()).AppId;
        try
        {
            var engine = host.Engine;
            var worker = engine.Connect(appId);
            try
            {
                await foreach (var item in worker.Items.ReadAllAsync(call.CancellationToken))
                {
                    await items.WriteAsync(item);
                }
            }
            finally
            {
                engine.Disconnect(appId, worker);
            }
        }
        catch (EngineStoppedException e)
        {
            throw Unavailable(e);
        }
    }

    public Task<CompleteTaskResponse> CompleteActivityTask(ActivityResponse response, ServerCallContext call) =>
        With(
            call,
            async (engine, appId) =>
            {
                await engine.CompleteActivityAsync(appId, response);
                return new CompleteTaskResponse();
            }
        );

    public Task<CompleteTaskResponse> CompleteWorkflowTask(WorkflowResponse response, ServerCallContext call) =>
        With(
            call,
            async (engine, appId) =>
            {
                await engine.CompleteTurnAsync(appId, response);
                return new CompleteTaskResponse();
            }
        );

    /// <summary>The old name, which the SDK still calls.</summary>
    public Task<CompleteTaskResponse> CompleteOrchestratorTask(WorkflowResponse response, ServerCallContext call) =>
        CompleteWorkflowTask(response, call);

    private Task<GetInstanceResponse> WaitAsync(
        GetInstanceRequest request,
        bool untilFinished,
        ServerCallContext call
    ) =>
        With(
            call,
            async (engine, appId) =>
            {
                await engine.WaitAsync(appId, request.InstanceId, untilFinished, call.CancellationToken);
                return await StateAsync(engine, appId, request, call.CancellationToken);
            }
        );

    private async Task<GetInstanceResponse> StateAsync(
        WorkflowEngine engine,
        string appId,
        GetInstanceRequest request,
        CancellationToken ct
    )
    {
        var state =
            await engine.StateAsync(appId, request.InstanceId, request.GetInputsAndOutputs)
            ?? await store.FinishedAsync(appId, request.InstanceId, ct);
        if (state is not null && !request.GetInputsAndOutputs)
        {
            (state.Input, state.Output, state.CustomStatus) = (null, null, null);
        }
        return new() { Exists = state is not null, WorkflowState = state };
    }

    private Task<T> Change<T>(
        ServerCallContext call,
        string instanceId,
        Func<WorkflowEngine, string, Task<bool>> change,
        T done
    ) =>
        MeasuredAsync(
            call,
            "add_event",
            async (engine, appId) =>
                await change(engine, appId)
                || await store.FinishedAsync(appId, instanceId, call.CancellationToken) is not null
                    ? done
                    : throw NotFound(instanceId)
        );

    private async Task<T> MeasuredAsync<T>(
        ServerCallContext call,
        string operation,
        Func<WorkflowEngine, string, Task<T>> run
    )
    {
        var (start, success) = (Stopwatch.GetTimestamp(), false);
        try
        {
            var result = await With(call, run);
            success = true;
            return result;
        }
        finally
        {
            SidecarApp
                .Of(call.GetHttpContext())
                .Metrics.WorkflowOperation(operation, success, Stopwatch.GetElapsedTime(start));
        }
    }

    private async Task<T> With<T>(ServerCallContext call, Func<WorkflowEngine, string, Task<T>> run)
    {
        try
        {
            return await run(host.Engine, SidecarApp.Of(call.GetHttpContext()).AppId);
        }
        catch (Exception e) when (e is EngineStoppedException or NpgsqlException)
        {
            throw Unavailable(e);
        }
    }

    private static RpcException NotFound(string instanceId) =>
        new(new(StatusCode.NotFound, $"no such instance exists: '{instanceId}'"));

    private static RpcException Unavailable(Exception e) => new(new(StatusCode.Unavailable, e.Message));
}
