using Ticketing.Contracts;
using Ticketing.TestKit;

namespace Ticketing.Events.Tests;

public sealed class ApiDocumentTests(EventsApp app)
{
    [Fact]
    public Task The_api_document_is_the_committed_one() => OpenApiSnapshot.VerifyAsync(app.System, AppIds.Events);
}
