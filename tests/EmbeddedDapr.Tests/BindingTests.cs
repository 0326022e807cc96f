using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Dapr;
using Dapr.Client;
using MimeKit;

namespace Ticketing.EmbeddedDapr.Tests;

public sealed class BindingTests
{
    private static readonly byte[] Pdf = [.. "%PDF-1.7\n"u8, 0, 255, 13, 10, .. "%%EOF"u8];

    [Theory]
    [InlineData("key")]
    [InlineData("fileName")]
    public async Task A_file_is_created_read_and_deleted(string nameKey)
    {
        await using var world = await World.CreateAsync();
        using var dapr = world.Client("alpha");
        var file = Request("create", nameKey, "tickets/2026/a b.pdf");
        file.Data = Pdf;
        file.Metadata["Content-Type"] = "application/pdf";
        await dapr.InvokeBindingAsync(file);
        Assert.Equal(
            Pdf,
            await File.ReadAllBytesAsync(Path.Combine(world.Folder.FullName, "ticket-files/tickets/2026/a b.pdf"))
        );
        var read = await dapr.InvokeBindingAsync(Request("get", nameKey, "tickets/2026/a b.pdf"));
        Assert.Equal(Pdf, read.Data.ToArray());
        var list = await dapr.InvokeBindingAsync(new BindingRequest("ticket-files", "list"));
        Assert.Equal(["tickets/2026/a b.pdf"], JsonSerializer.Deserialize<string[]>(list.Data.Span)!);
        await dapr.InvokeBindingAsync(Request("delete", nameKey, "tickets/2026/a b.pdf"));
        await dapr.InvokeBindingAsync(Request("delete", nameKey, "tickets/2026/a b.pdf"));
        await Assert.ThrowsAsync<DaprException>(() =>
            dapr.InvokeBindingAsync(Request("get", nameKey, "tickets/2026/a b.pdf"))
        );
    }

    [Theory]
    [InlineData("../secrets.json")]
    [InlineData("a/../../secrets.json")]
    [InlineData("/etc/passwd")]
    [InlineData("..")]
    [InlineData("")]
    [InlineData("a/")]
    [InlineData("a\0b")]
    public async Task A_name_that_leads_outside_the_root_is_refused(string name)
    {
        await using var world = await World.CreateAsync();
        await File.WriteAllTextAsync(Path.Combine(world.Folder.FullName, "secrets.json"), """{"a":"b"}""");
        using var dapr = world.Client("alpha");
        await Assert.ThrowsAsync<DaprException>(() => dapr.InvokeBindingAsync(Request("get", "key", name)));
        await Assert.ThrowsAsync<DaprException>(() => dapr.InvokeBindingAsync(Request("delete", "key", name)));
        if (name.Length > 0)
        {
            var create = Request("create", "key", name);
            create.Data = Pdf;
            await Assert.ThrowsAsync<DaprException>(() => dapr.InvokeBindingAsync(create));
        }
        Assert.Equal("""{"a":"b"}""", await File.ReadAllTextAsync(Path.Combine(world.Folder.FullName, "secrets.json")));
    }

    [Fact]
    public async Task A_mail_becomes_one_file_that_mail_programs_read()
    {
        await using var world = await World.CreateAsync();
        using var dapr = world.Client("alpha");
        var mail = new BindingRequest("email", "create") { Data = Encoding.UTF8.GetBytes("<p>Olá, <b>João</b></p>") };
        mail.Metadata["emailFrom"] = "Bilhetes <tickets@example.com>";
        mail.Metadata["emailTo"] = "joao@example.com; Ana <ana@example.com>";
        mail.Metadata["subject"] = "Seus ingressos são válidos";
        mail.Metadata["text"] = "Olá, João";
        await dapr.InvokeBindingAsync(mail);
        var file = Assert.Single(Directory.GetFiles(Path.Combine(world.Folder.FullName, "mails")));
        Assert.EndsWith(".eml", file, StringComparison.Ordinal);
        using var message = await MimeMessage.LoadAsync(file);
        Assert.Equal("Seus ingressos são válidos", message.Subject);
        Assert.Equal("<p>Olá, <b>João</b></p>", message.HtmlBody);
        Assert.Equal("Olá, João", message.TextBody);
        Assert.Equal(["joao@example.com", "ana@example.com"], message.To.Mailboxes.Select(m => m.Address));
        Assert.IsType<MultipartAlternative>(message.Body);
    }

    [Theory]
    [InlineData("emailTo", "")]
    [InlineData("emailTo", "no address at all <")]
    [InlineData("subject", "one\r\nBcc: everybody@example.com")]
    [InlineData("subject", "")]
    public async Task A_mail_with_bad_metadata_is_refused(string name, string value)
    {
        await using var world = await World.CreateAsync();
        using var dapr = world.Client("alpha");
        var mail = new BindingRequest("email", "create") { Data = "x"u8.ToArray() };
        mail.Metadata["emailTo"] = "a@example.com";
        mail.Metadata["subject"] = "s";
        mail.Metadata[name] = value;
        await Assert.ThrowsAsync<DaprException>(() => dapr.InvokeBindingAsync(mail));
        Assert.False(Directory.Exists(Path.Combine(world.Folder.FullName, "mails")));
    }

    [Fact]
    public async Task Bindings_answer_over_HTTP_too()
    {
        await using var world = await World.CreateAsync();
        using var http = world.Http("alpha");
        var created = await http.PostAsJsonAsync(
            "/v1.0/bindings/ticket-files",
            new
            {
                operation = "create",
                data = "text",
                metadata = new { key = "a.txt" },
            }
        );
        Assert.Equal(HttpStatusCode.OK, created.StatusCode);
        var read = await http.PostAsJsonAsync(
            "/v1.0/bindings/ticket-files",
            new { operation = "get", metadata = new { key = "a.txt" } }
        );
        Assert.Equal("text", await read.Content.ReadAsStringAsync());
        var malformed = await http.PostAsJsonAsync("/v1.0/bindings/ticket-files", new { data = "text" });
        Assert.Equal(HttpStatusCode.BadRequest, malformed.StatusCode);
        var unknown = await http.PostAsJsonAsync("/v1.0/bindings/nothing", new { operation = "get" });
        Assert.Equal(HttpStatusCode.InternalServerError, unknown.StatusCode);
    }

    private static BindingRequest Request(string operation, string nameKey, string name)
    {
        var request = new BindingRequest("ticket-files", operation);
        request.Metadata[nameKey] = name;
        return request;
    }
}
