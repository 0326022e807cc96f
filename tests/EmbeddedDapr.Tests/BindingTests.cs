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

    [Fact]
    public async Task A_file_is_created_read_and_deleted()
    {
        await using var apps = await TwoApps.CreateAsync();
        using var dapr = apps.Client("alpha");
        var file = Request("create", "tickets/2026/a b.pdf");
        file.Data = Pdf;
        file.Metadata["Content-Type"] = "application/pdf";
        await dapr.InvokeBindingAsync(file);
        Assert.Equal(
            Pdf,
            await File.ReadAllBytesAsync(Path.Combine(apps.Folder.FullName, "ticket-files/tickets/2026/a b.pdf"))
        );
        var read = await dapr.InvokeBindingAsync(Request("get", "tickets/2026/a b.pdf"));
        Assert.Equal(Pdf, read.Data.ToArray());
        await dapr.InvokeBindingAsync(Request("delete", "tickets/2026/a b.pdf"));
        await dapr.InvokeBindingAsync(Request("delete", "tickets/2026/a b.pdf"));
        await Assert.ThrowsAsync<DaprException>(() => dapr.InvokeBindingAsync(Request("get", "tickets/2026/a b.pdf")));
    }

    [Fact]
    public async Task Files_are_their_owner_s_to_read_alone()
    {
        if (OperatingSystem.IsWindows())
            return;
        await using var apps = await TwoApps.CreateAsync();
        using var dapr = apps.Client("alpha");
        var file = Request("create", "tickets/1/a.pdf");
        file.Data = Pdf;
        await dapr.InvokeBindingAsync(file);

        var owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var path = Path.Combine(apps.Folder.FullName, "ticket-files");
        Assert.Equal(owner, File.GetUnixFileMode(Path.Combine(path, "tickets/1/a.pdf")));
        foreach (var folder in new[] { path, Path.Combine(path, "tickets"), Path.Combine(path, "tickets/1") })
            Assert.Equal(owner | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
    }

    [Fact]
    public async Task Files_are_listed_by_prefix_as_S3_answers()
    {
        await using var apps = await TwoApps.CreateAsync();
        using var dapr = apps.Client("alpha");
        foreach (var key in (string[])["tickets/1/a.pdf", "tickets/1/b.pdf", "tickets/12/a.pdf", "else.pdf"])
        {
            var file = Request("create", key);
            file.Data = Pdf;
            await dapr.InvokeBindingAsync(file);
        }
        Assert.Equal(["tickets/1/a.pdf", "tickets/1/b.pdf"], await Keys("""{"prefix":"tickets/1/"}"""));
        Assert.Equal(
            ["tickets/1/a.pdf", "tickets/1/b.pdf", "tickets/12/a.pdf"],
            await Keys("""{"prefix":"tickets/1"}""")
        );
        Assert.Equal(["tickets/1/b.pdf"], await Keys("""{"prefix":"tickets/1/","marker":"tickets/1/a.pdf"}"""));
        Assert.Equal(["else.pdf"], await Keys("""{"maxResults":1}"""));
        Assert.Equal(4, (await Keys("")).Count());
        Assert.Empty(await Keys("""{"prefix":"../"}"""));
        await Assert.ThrowsAsync<DaprException>(() => Keys("not JSON"));

        async Task<IEnumerable<string>> Keys(string payload)
        {
            var answer = await dapr.InvokeBindingAsync(
                new BindingRequest("ticket-files", "list") { Data = Encoding.UTF8.GetBytes(payload) }
            );
            var contents = JsonSerializer.Deserialize<JsonElement>(answer.Data.Span).GetProperty("Contents");
            return contents.ValueKind == JsonValueKind.Null
                ? []
                : [.. contents.EnumerateArray().Select(o => o.GetProperty("Key").GetString()!)];
        }
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
        await using var apps = await TwoApps.CreateAsync();
        await File.WriteAllTextAsync(Path.Combine(apps.Folder.FullName, "secrets.json"), """{"a":"b"}""");
        using var dapr = apps.Client("alpha");
        await Assert.ThrowsAsync<DaprException>(() => dapr.InvokeBindingAsync(Request("get", name)));
        await Assert.ThrowsAsync<DaprException>(() => dapr.InvokeBindingAsync(Request("delete", name)));
        if (name.Length > 0)
        {
            var create = Request("create", name);
            create.Data = Pdf;
            await Assert.ThrowsAsync<DaprException>(() => dapr.InvokeBindingAsync(create));
        }
        Assert.Equal("""{"a":"b"}""", await File.ReadAllTextAsync(Path.Combine(apps.Folder.FullName, "secrets.json")));
    }

    [Fact]
    public async Task A_mail_becomes_one_file_that_mail_programs_read()
    {
        await using var apps = await TwoApps.CreateAsync();
        using var dapr = apps.Client("alpha");
        var mail = new BindingRequest("email", "create")
        {
            Data = Encoding.UTF8.GetBytes("\"<p>Olá, <b>João</b> 🎸</p>\""),
        };
        mail.Metadata["emailFrom"] = "Bilhetes <tickets@example.com>";
        mail.Metadata["emailTo"] = "joao@example.com; Ana <ana@example.com>";
        mail.Metadata["subject"] = "Seus ingressos são válidos";
        mail.Metadata["text"] = "Olá, João";
        await dapr.InvokeBindingAsync(mail);
        var file = Assert.Single(Directory.GetFiles(Path.Combine(apps.Folder.FullName, "mails")));
        Assert.EndsWith(".eml", file, StringComparison.Ordinal);
        using var message = await MimeMessage.LoadAsync(file);
        Assert.Equal("Seus ingressos são válidos", message.Subject);
        Assert.Equal("<p>Olá, <b>João</b> 🎸</p>", message.HtmlBody);
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
        await using var apps = await TwoApps.CreateAsync();
        using var dapr = apps.Client("alpha");
        var mail = new BindingRequest("email", "create") { Data = "\"x\""u8.ToArray() };
        mail.Metadata["emailTo"] = "a@example.com";
        mail.Metadata["subject"] = "s";
        mail.Metadata[name] = value;
        await Assert.ThrowsAsync<DaprException>(() => dapr.InvokeBindingAsync(mail));
        Assert.False(Directory.Exists(Path.Combine(apps.Folder.FullName, "mails")));
    }

    /// <summary>As bindings.aws.ses, which reads the body by Go's rules of quoting.</summary>
    [Fact]
    public async Task A_mails_body_is_read_by_Gos_rules()
    {
        await using var apps = await TwoApps.CreateAsync();
        using var dapr = apps.Client("alpha");
        foreach (
            var (data, body) in new (string, string?)[]
            {
                (@"""Rock 🎸 \u00e9 \U0001f3b8 \""x\"" \\ \n\t\x41\101""", "Rock 🎸 é 🎸 \"x\" \\ \n\tAA"),
                (@"`raw \n`", @"raw \n"),
                ("'🎸'", "🎸"),
                (@"""Rock \ud83c\udfb8""", null),
                ("not quoted", null),
                ("<p>x</p>", null),
                ("", null),
                ("\"", null),
                ("\"a\"b\"", null),
                ("\"a\nb\"", null),
                (@"""a\/b""", null),
                (@"""a\'b""", null),
                (@"""\777""", null),
                (@"""\U00110000""", null),
                ("'ab'", null),
            }
        )
        {
            var mail = new BindingRequest("email", "create") { Data = Encoding.UTF8.GetBytes(data) };
            mail.Metadata["emailTo"] = "a@example.com";
            mail.Metadata["subject"] = "s";
            var folder = Path.Combine(apps.Folder.FullName, "mails");
            if (body is null)
            {
                var refused = await Assert.ThrowsAsync<DaprException>(() => dapr.InvokeBindingAsync(mail));
                Assert.Contains(
                    "SES binding error. Can't unquote data field: invalid syntax",
                    Assert.IsType<Grpc.Core.RpcException>(refused.InnerException).Status.Detail
                );
                continue;
            }
            await dapr.InvokeBindingAsync(mail);
            var file = Assert.Single(Directory.GetFiles(folder));
            using var message = await MimeMessage.LoadAsync(file, TestContext.Current.CancellationToken);
            Assert.Equal(body, message.HtmlBody?.ReplaceLineEndings("\n").TrimEnd());
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Bindings_answer_over_HTTP_too()
    {
        await using var apps = await TwoApps.CreateAsync();
        using var http = apps.Http("alpha");
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

    private static BindingRequest Request(string operation, string key) =>
        new("ticket-files", operation) { Metadata = { ["key"] = key } };
}
