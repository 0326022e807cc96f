using System.Net;
using System.Net.Http.Json;

namespace Ticketing.Users.Tests;

public sealed class AddressTests(UsersApp users)
{
    private const string Confirm = "Confirme seu e-mail";
    private const string ConfirmNew = "Confirme seu novo e-mail";
    private const string Reset = "Escolha uma nova senha";
    private const string Next = "staple battery horse";
    private const int AtOnce = 8;

    [Fact]
    public async Task The_mails_link_proves_the_address_once_it_is_confirmed()
    {
        var person = await users.RegisterAsync();
        var mail = await users.MailAsync(person.Email, Confirm);
        var browser = new Browser(users);
        // Opening it is not enough: programs that look at mails do that.
        var page = await browser.Http.GetAsync(mail.Link);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.False(await IsVerifiedAsync(person));
        Assert.Equal(HttpStatusCode.OK, (await browser.SubmitAsync(page)).StatusCode);
        Assert.True(await IsVerifiedAsync(person));
        Assert.Equal(HttpStatusCode.Gone, (await browser.SubmitAsync(page)).StatusCode);
        Assert.Equal(HttpStatusCode.Gone, (await browser.Http.GetAsync(mail.Link)).StatusCode);

        var tokens = await users.TokensAsync(person, "openid email");
        Assert.True(Jwt.Read(tokens.Access).Claims["email_verified"]!.GetValue<bool>());
        Assert.True(Jwt.Read(tokens.Id!).Claims["email_verified"]!.GetValue<bool>());
        using var me = users.Bearer(tokens.Access);
        var info = await (await me.GetAsync("/connect/userinfo")).IsOkAsync();
        Assert.True(info["email_verified"]!.GetValue<bool>());
        var again = await me.PostAsync("/api/v1/me/email/verification", null);
        await again.IsProblemAsync(409, "email-verified");
    }

    [Theory]
    [InlineData("")]
    [InlineData("guess")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_link_that_no_mail_has_proves_nothing(string token)
    {
        using var http = users.Anonymous();
        Assert.Equal(HttpStatusCode.Gone, (await http.GetAsync($"/account/confirm?t={token}")).StatusCode);
        Assert.Equal(HttpStatusCode.Gone, (await http.GetAsync($"/account/reset?t={token}")).StatusCode);
        var answer = await http.PutAsJsonAsync("/api/v1/users/password-reset", new { token, newPassword = Next });
        await answer.IsProblemAsync(422, "invalid", "token");
    }

    [Fact]
    public async Task A_link_works_only_for_what_its_mail_is_for()
    {
        var person = await users.RegisterAsync();
        var link = (await users.MailAsync(person.Email, Confirm)).Link;
        using var http = users.Anonymous();
        var elsewhere = link.Replace("/confirm", "/reset", StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Gone, (await http.GetAsync(elsewhere)).StatusCode);
        // One character of the proof is changed.
        var last = link[^2] == 'A' ? 'B' : 'A';
        Assert.Equal(HttpStatusCode.Gone, (await http.GetAsync(link[..^2] + last + link[^1])).StatusCode);
    }

    [Fact]
    public async Task A_code_can_be_guessed_at_five_times_and_works_for_its_person_alone()
    {
        var person = await users.RegisterAsync();
        var mail = await users.MailAsync(person.Email, Confirm);
        using var stranger = await users.SignInAsync(await users.RegisterAsync());
        await (await ConfirmAsync(stranger, mail.Code)).IsProblemAsync(422, "invalid", "code");
        using var me = await users.SignInAsync(person);
        var wrong = mail.Code == "000000" ? "000001" : "000000";
        var guesses = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => ConfirmAsync(me, wrong)));
        Assert.All(guesses, g => Assert.Equal(HttpStatusCode.UnprocessableEntity, g.StatusCode));
        await (await ConfirmAsync(me, mail.Code)).IsProblemAsync(422, "invalid", "code");
        Assert.False(await IsVerifiedAsync(person));

        // Another mail, another code.
        await (await me.PostAsync("/api/v1/me/email/verification", null)).IsOkAsync(202);
        var second = await users.MailAsync(person.Email, Confirm);
        Assert.NotEqual(mail.Link, second.Link);
        var right = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ConfirmAsync(me, $" {second.Code} ")));
        Assert.Single(right, a => a.StatusCode == HttpStatusCode.NoContent);
        Assert.True(await IsVerifiedAsync(person));
    }

    [Fact]
    public async Task Mails_to_an_address_are_limited()
    {
        using var me = await users.SignInAsync(await users.RegisterAsync());
        for (var i = 0; i < 5; i++)
            await (await me.PostAsync("/api/v1/me/email/verification", null)).IsOkAsync(202);
        var more = await me.PostAsync("/api/v1/me/email/verification", null);
        await more.IsProblemAsync(429, "too-many-attempts");
        Assert.NotNull(more.Headers.RetryAfter);
    }

    [Fact]
    public async Task What_is_too_old_proves_nothing()
    {
        var person = await users.RegisterAsync();
        var mail = await users.MailAsync(person.Email, Confirm);
        await users.ScalarAsync<Guid>(
            "UPDATE account_mails SET expires_at = now() WHERE recipient = $1 RETURNING id",
            person.Email
        );
        using var me = await users.SignInAsync(person);
        Assert.Equal(HttpStatusCode.Gone, (await me.GetAsync(mail.Link)).StatusCode);
        await (await ConfirmAsync(me, mail.Code)).IsProblemAsync(422, "invalid", "code");
    }

    [Fact]
    public async Task Neither_link_nor_code_can_be_read_in_the_database()
    {
        var person = await users.RegisterAsync();
        var mail = await users.MailAsync(person.Email, Confirm);
        var row = await users.ScalarAsync<string>(
            "SELECT row_to_json(m)::text FROM account_mails m WHERE recipient = $1",
            person.Email
        );
        Assert.DoesNotContain(mail.Code, row);
        Assert.DoesNotContain(mail.Link.Split('=')[1], row);
    }

    [Fact]
    public async Task A_forgotten_password_is_set_anew_by_mail_and_all_sign_ins_end()
    {
        var person = await users.RegisterAsync();
        var tokens = await users.TokensAsync(person);
        var browser = new Browser(users);
        await browser.SignInAsync(person);
        var forgot = new Browser(users);
        var asked = await forgot.SubmitAsync(
            await forgot.Http.GetAsync("/account/forgot"),
            ("email", person.Email.ToUpperInvariant())
        );
        Assert.Equal(HttpStatusCode.OK, asked.StatusCode);
        var mail = await users.MailAsync(person.Email, Reset);
        var page = await forgot.Http.GetAsync(mail.Link);
        var refused = await forgot.SubmitAsync(page, ("password", "Password123"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await forgot.SubmitAsync(page, ("password", Next))).StatusCode);
        Assert.Equal(HttpStatusCode.Gone, (await forgot.SubmitAsync(page, ("password", Next + "r"))).StatusCode);

        await (await forgot.Http.RefreshAsync(tokens.Refresh!)).IsOAuthErrorAsync("invalid_grant");
        Assert.StartsWith("/account/login", (await browser.AuthorizeAsync()).Headers.Location!.ToString());
        await users.TokensAsync(person, password: Next);
        // Who reads the mailbox is who the address belongs to.
        Assert.True(await IsVerifiedAsync(person));
        await users.MailAsync(person.Email, "Sua senha foi trocada");
    }

    [Fact]
    public async Task A_reset_is_asked_for_alike_whoever_has_an_account()
    {
        var person = await users.RegisterAsync();
        var stranger = UsersApp.NewEmail();
        using var http = users.Anonymous();
        var answers = new List<HttpResponseMessage>();
        foreach (var email in new[] { person.Email, stranger })
            answers.Add(await http.PostAsJsonAsync("/api/v1/users/password-reset", new { email }));
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.Accepted, a.StatusCode));
        Assert.Equal(await answers[0].Content.ReadAsStringAsync(), await answers[1].Content.ReadAsStringAsync());
        var mail = await users.MailAsync(person.Email, Reset);
        Assert.DoesNotContain(users.Mails(), m => m.To == stranger);
        var token = mail.Link.Split('=')[1];
        var set = await Task.WhenAll(
            Enumerable
                .Range(0, AtOnce)
                .Select(i =>
                    http.PutAsJsonAsync("/api/v1/users/password-reset", new { token, newPassword = $"{Next} {i}" })
                )
        );
        Assert.Single(set, a => a.StatusCode == HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Resets_that_are_asked_for_too_often_are_answered_alike_and_not_sent()
    {
        var person = await users.RegisterAsync();
        using var http = users.Anonymous();
        for (var i = 0; i < AtOnce; i++)
            await (await http.PostAsJsonAsync("/api/v1/users/password-reset", new { email = person.Email })).IsOkAsync(
                202
            );
        Assert.Equal(
            5,
            await users.ScalarAsync<long>(
                "SELECT count(*) FROM account_mails WHERE recipient = $1 AND kind = 'PasswordReset'",
                person.Email
            )
        );
    }

    [Fact]
    public async Task Another_address_holds_once_it_is_proven_and_the_old_one_is_told()
    {
        var person = await users.RegisterVerifiedAsync();
        using var me = await users.SignInAsync(person);
        var next = UsersApp.NewEmail();
        await (await ChangeAsync(me, next, "not my password")).IsProblemAsync(403, "wrong-password");
        await (await ChangeAsync(me, "nobody")).IsProblemAsync(422, "invalid", "email");
        await (await ChangeAsync(me, person.Email.ToUpperInvariant())).IsProblemAsync(422, "invalid", "email");
        await (await ChangeAsync(me, next)).IsOkAsync(202);
        await users.MailAsync(person.Email, "Pedido de troca de e-mail");
        await users.TokensAsync(person);

        await (await ConfirmAsync(me, (await users.MailAsync(next, ConfirmNew)).Code)).IsOkAsync(204);
        await users.MailAsync(person.Email, "Seu e-mail foi trocado");
        await users.TokensAsync(person with { Email = next });
        using var http = users.Anonymous();
        await (await http.PasswordAsync(person.Email, UsersApp.Password)).IsOAuthErrorAsync("invalid_grant");
        var profile = await (await me.GetAsync("/api/v1/me")).IsOkAsync();
        Assert.Equal(next, profile["email"]!.GetValue<string>());
        Assert.True(profile["emailVerified"]!.GetValue<bool>());
        // The old one is free again.
        Assert.NotEqual(person.Id, (await users.RegisterAsync(person.Email)).Id);
    }

    [Fact]
    public async Task Whose_address_was_wanted_is_told_and_nothing_changes()
    {
        var owner = await users.RegisterVerifiedAsync();
        using var me = await users.SignInAsync(await users.RegisterAsync());
        await (await ChangeAsync(me, owner.Email)).IsOkAsync(202);
        await users.MailAsync(owner.Email, "Você já tem uma conta");
        Assert.DoesNotContain(users.Mails(), m => m.To == owner.Email && m.Subject == ConfirmNew);
        await users.TokensAsync(owner);
    }

    [Fact]
    public async Task An_address_that_another_took_meanwhile_is_refused()
    {
        using var me = await users.SignInAsync(await users.RegisterAsync());
        var wanted = UsersApp.NewEmail();
        await (await ChangeAsync(me, wanted)).IsOkAsync(202);
        var mail = await users.MailAsync(wanted, ConfirmNew);
        await users.RegisterAsync(wanted);
        await (await ConfirmAsync(me, mail.Code)).IsProblemAsync(409, "email-taken");
        var browser = new Browser(users);
        var page = await browser.Http.GetAsync(mail.Link);
        Assert.Equal(HttpStatusCode.Conflict, (await browser.SubmitAsync(page)).StatusCode);
    }

    [Fact]
    public async Task A_new_password_takes_back_what_was_asked_for_with_the_old_one()
    {
        var person = await users.RegisterAsync();
        using var me = await users.SignInAsync(person);
        var next = UsersApp.NewEmail();
        await (await ChangeAsync(me, next)).IsOkAsync(202);
        var mail = await users.MailAsync(next, ConfirmNew);
        await me.PutJsonAsync("/api/v1/me/password", new { currentPassword = UsersApp.Password, newPassword = Next });
        var browser = new Browser(users);
        var page = await browser.Http.GetAsync(mail.Link);
        Assert.Equal(HttpStatusCode.Gone, (await browser.SubmitAsync(page)).StatusCode);
        await users.TokensAsync(person, password: Next);
    }

    [Fact]
    public async Task Pages_that_change_something_take_forms_of_ours_alone()
    {
        using var http = users.Anonymous();
        foreach (var path in new[] { "/account/confirm", "/account/forgot", "/account/reset" })
        {
            var answer = await http.PostFormAsync(path, [("t", "x"), ("email", "a@b.co"), ("password", Next)]);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            using var json = JsonContent.Create(new { t = "x" });
            Assert.Equal(HttpStatusCode.BadRequest, (await http.PostAsync(path, json)).StatusCode);
        }
    }

    [Fact]
    public async Task A_mail_says_nothing_that_a_stranger_typed_and_speaks_the_persons_language()
    {
        var email = UsersApp.NewEmail();
        using var http = users.Anonymous();
        var body = new
        {
            email,
            password = UsersApp.Password,
            name = "Win at https://evil.example",
            locale = "en",
        };
        await (await http.PostAsJsonAsync("/api/v1/users", body)).IsOkAsync(202);
        var mail = await users.MailAsync(email, "Confirm your e-mail address");
        Assert.Contains("<html lang=\"en\">", mail.Html);
        Assert.Contains(mail.Code, mail.Html);
        Assert.Contains(mail.Link, WebUtility.HtmlDecode(mail.Html));
        foreach (var text in new[] { mail.Text, mail.Html })
            Assert.DoesNotContain("evil", text);
    }

    [Fact]
    public async Task An_erased_person_gets_no_mail_and_leaves_none()
    {
        var person = await users.RegisterAsync();
        using var me = await users.SignInAsync(person);
        await me.DeleteJsonAsync("/api/v1/me", new { password = UsersApp.Password });
        Assert.Equal(
            0,
            await users.ScalarAsync<long>("SELECT count(*) FROM account_mails WHERE user_id = $1", person.Id)
        );
    }

    private Task<bool> IsVerifiedAsync(Person person) =>
        users.ScalarAsync<bool>("SELECT email_verified_at IS NOT NULL FROM users WHERE id = $1", person.Id);

    private static Task<HttpResponseMessage> ConfirmAsync(HttpClient http, string code) =>
        http.PostAsJsonAsync("/api/v1/me/email/confirmation", new { code });

    private static Task<HttpResponseMessage> ChangeAsync(
        HttpClient http,
        string email,
        string password = UsersApp.Password
    ) => http.PostAsJsonAsync("/api/v1/me/email", new { email, password });
}
