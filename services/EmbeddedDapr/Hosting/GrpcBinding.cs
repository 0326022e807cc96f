using System.Reflection;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;

namespace Ticketing.EmbeddedDapr.Hosting;

/// <summary>
/// Serves a gRPC service from its descriptor alone: the Dapr packages ship client stubs and messages, no server
/// base. A method is served by the handler object that has a public method of its name; every other method answers
/// UNIMPLEMENTED with a sentence.
/// </summary>
internal sealed class GrpcBinding<TService>(ServiceDescriptor service, IReadOnlyList<object> handlers)
    : IServiceMethodProvider<TService>
    where TService : class
{
    public void OnServiceMethodDiscovery(ServiceMethodProviderContext<TService> context)
    {
        foreach (var method in service.Methods)
        {
            GetType()
                .GetMethod(nameof(Add), BindingFlags.NonPublic | BindingFlags.Instance)!
                .MakeGenericMethod(method.InputType.ClrType, method.OutputType.ClrType)
                .Invoke(this, [context, method]);
        }
    }

    private void Add<TRequest, TResponse>(
        ServiceMethodProviderContext<TService> context,
        Google.Protobuf.Reflection.MethodDescriptor descriptor
    )
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        var kind = (descriptor.IsClientStreaming, descriptor.IsServerStreaming) switch
        {
            (false, false) => MethodType.Unary,
            (false, true) => MethodType.ServerStreaming,
            (true, false) => MethodType.ClientStreaming,
            (true, true) => MethodType.DuplexStreaming,
        };
        var method = new Method<TRequest, TResponse>(
            kind,
            service.FullName,
            descriptor.Name,
            MarshallerOf<TRequest>(),
            MarshallerOf<TResponse>()
        );
        switch (kind)
        {
            case MethodType.Unary:
                var unary = Handler<Func<TRequest, ServerCallContext, Task<TResponse>>>(descriptor.Name);
                context.AddUnaryMethod(
                    method,
                    [],
                    (_, request, call) => unary is null ? throw Unimplemented(descriptor) : unary(request, call)
                );
                break;
            case MethodType.ServerStreaming:
                var stream = Handler<Func<TRequest, IServerStreamWriter<TResponse>, ServerCallContext, Task>>(
                    descriptor.Name
                );
                context.AddServerStreamingMethod(
                    method,
                    [],
                    (_, request, responses, call) =>
                        stream is null ? throw Unimplemented(descriptor) : stream(request, responses, call)
                );
                break;
            case MethodType.ClientStreaming:
                context.AddClientStreamingMethod(method, [], (_, _, _) => throw Unimplemented(descriptor));
                break;
            case MethodType.DuplexStreaming:
                context.AddDuplexStreamingMethod(method, [], (_, _, _, _) => throw Unimplemented(descriptor));
                break;
        }
    }

    private TDelegate? Handler<TDelegate>(string name)
        where TDelegate : Delegate
    {
        foreach (var handler in handlers)
        {
            if (handler.GetType().GetMethod(name) is { } method)
            {
                return method.IsStatic ? method.CreateDelegate<TDelegate>() : method.CreateDelegate<TDelegate>(handler);
            }
        }
        return null;
    }

    private static RpcException Unimplemented(Google.Protobuf.Reflection.MethodDescriptor method) =>
        new(new Status(StatusCode.Unimplemented, $"The embedded Dapr runtime does not offer {method.FullName}."));

    private static Marshaller<T> MarshallerOf<T>()
        where T : class, IMessage<T>, new()
    {
        var parser = new MessageParser<T>(() => new T());
        return Marshallers.Create(
            static (message, context) =>
            {
                context.SetPayloadLength(message.CalculateSize());
                message.WriteTo(context.GetBufferWriter());
                context.Complete();
            },
            context => parser.ParseFrom(context.PayloadAsReadOnlySequence())
        );
    }
}
