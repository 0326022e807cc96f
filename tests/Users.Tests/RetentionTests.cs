using Ticketing.Contracts;
using Ticketing.TestKit;

namespace Ticketing.Users.Tests;

public sealed class RetentionTests
{
    [Fact]
    public async Task What_is_over_is_deleted_and_nothing_else()
    {
        await using var app = await UsersApp.StartAsync();
        var person = await app.RegisterAsync();
        await app.TokensAsync(person);
        await app.TokensAsync(person);
        await app.System.StopAsync(AppIds.Users);
        // Of each kind one is over, the others are not.
        await app.ScalarAsync<long>(
            """
            WITH a AS (UPDATE openid_authorizations SET creation_date = now() - interval '33 days'
                    WHERE id = (SELECT min(id::text)::uuid FROM openid_authorizations) RETURNING id),
                t AS (UPDATE openid_tokens SET expiration_date = now() - interval '25 hours'
                    WHERE id = (SELECT max(id::text)::uuid FROM openid_tokens WHERE authorization_id <> (SELECT id FROM a))
                    RETURNING id),
                r AS (UPDATE openid_tokens SET redemption_date = now() - interval '25 hours'
                    WHERE id = (SELECT min(id::text)::uuid FROM openid_tokens WHERE authorization_id <> (SELECT id FROM a))
                    RETURNING id),
                s AS (UPDATE sessions SET ends_at = now() - interval '1 second'
                    WHERE id = (SELECT min(id::text)::uuid FROM sessions) RETURNING id),
                m AS (UPDATE account_mails SET expires_at = now() - interval '25 hours' RETURNING id),
                k AS (INSERT INTO attempts (key, count, next_at, ends_at) VALUES
                    ('over', 3, now(), now() - interval '1 second'), ('counts', 3, now(), now() + interval '1 hour')
                    RETURNING 1)
            SELECT count(*) FROM a, t, r, s, m
            """
        );
        const string Left = """
            SELECT concat_ws(' ',
                (SELECT count(*) FROM openid_authorizations), (SELECT count(*) FROM sessions),
                (SELECT count(*) FROM account_mails), (SELECT count(*) FROM attempts WHERE key IN ('over', 'counts')),
                (SELECT count(*) FROM openid_tokens WHERE expiration_date < now() OR redemption_date IS NOT NULL),
                (SELECT count(*) > 0 FROM openid_tokens), (SELECT count(*) FROM users))
            """;
        Assert.StartsWith("2 2 1 2 ", await app.ScalarAsync<string>(Left));
        await app.System.StartAsync(AppIds.Users);
        await Eventually.GetAsync(() => app.ScalarAsync<string>(Left), left => left == "1 1 0 1 0 t 1");
    }
}
