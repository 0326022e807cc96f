using Ticketing.Contracts;
using Ticketing.TestKit;

namespace Ticketing.Payments.Tests;

public sealed class ApiDocumentTests(PaymentsApp app)
{
    [Fact]
    public Task The_api_document_of_Payments_is_the_committed_one() =>
        OpenApiSnapshot.VerifyAsync(app.System, AppIds.Payments);

    [Fact]
    public Task The_api_document_of_the_sandbox_is_the_committed_one() =>
        OpenApiSnapshot.VerifyAsync(app.System, AppIds.Sandbox);
}
