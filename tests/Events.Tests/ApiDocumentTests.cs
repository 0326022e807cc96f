using Ticketing.Contracts;
using Ticketing.TestKit;

namespace Ticketing.Events.Tests;

public sealed class ApiDocumentTests(EventsApp app)
{
    [Fact]
    public Task The_committed_api_document_is_what_is_served() =>
        OpenApiSnapshot.VerifyAsync(app.System.Client(AppIds.Events), "Events");
}
