using Ticketing.TestKit;

namespace Ticketing.Payments.Tests;

public sealed class ApiDocumentTests(PaymentsApp app)
{
    [Fact]
    public async Task The_committed_document_is_what_Payments_serves() =>
        await OpenApiSnapshot.VerifyAsync(app.Public, "Payments");

    [Fact]
    public async Task The_committed_document_is_what_the_sandbox_serves() =>
        await OpenApiSnapshot.VerifyAsync(app.Sandbox, "Sandbox");
}
