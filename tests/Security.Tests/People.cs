using Ticketing.Local.Seeding;

namespace Ticketing.Security.Tests;

/// <summary>Somebody in each role that has an account.</summary>
internal static class People
{
    private const string Password = "a-long-enough-password";

    public static async Task<IReadOnlyDictionary<string, ApiClient>> RegisterAsync(Uri baseUrl)
    {
        var people = Role.People.ToDictionary(role => role, _ => new ApiClient(baseUrl));
        await Task.WhenAll(people.Select(p => RegisterAsync(p.Value, EmailOf(p.Key))));
        return people;
    }

    /// <summary>A member of the team who does nothing.</summary>
    public static async Task<(string Email, ApiClient Api)> RegisterSpareAsync(Uri baseUrl, string name)
    {
        var (email, api) = ($"spare-{name}@example.com", new ApiClient(baseUrl));
        await RegisterAsync(api, email);
        return (email, api);
    }

    public static string EmailOf(string role) => role == Role.Admin ? SeedLogins.Admin.Email : $"{role}@example.com";

    public static Task LogInAsync(ApiClient api, string role) => api.LogInAsync(EmailOf(role), Password, default);

    private static async Task RegisterAsync(ApiClient api, string email)
    {
        await api.PostAsync(
            "/api/v1/users",
            new
            {
                email,
                password = Password,
                name = "Íris Araújo",
            },
            default
        );
        await api.LogInAsync(email, Password, default);
    }
}
