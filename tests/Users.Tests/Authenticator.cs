using System.Buffers.Binary;
using System.Buffers.Text;
using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Ticketing.Users.Tests;

/// <summary>A device with a passkey, as the browser's script sees it (WebAuthn, ES256, no attestation).</summary>
internal sealed class Authenticator(string origin = "http://localhost:8080") : IDisposable
{
    private const byte UserPresentAndVerified = 0x05;
    private const byte HasCredential = 0x40;
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] id = RandomNumberGenerator.GetBytes(32);
    private byte[] user = [];
    private uint count;

    /// <summary>Without the owner's PIN or finger.</summary>
    public bool SkipVerification { get; init; }

    public string Make(string options)
    {
        var question = JsonNode.Parse(options)!;
        user = Base64Url.DecodeFromChars(question["user"]!["id"]!.GetValue<string>());
        var attestation = new CborWriter();
        attestation.WriteStartMap(3);
        attestation.WriteTextString("fmt");
        attestation.WriteTextString("none");
        attestation.WriteTextString("attStmt");
        attestation.WriteStartMap(0);
        attestation.WriteEndMap();
        attestation.WriteTextString("authData");
        attestation.WriteByteString([
            .. Data(question["rp"]!["id"]!.GetValue<string>(), HasCredential),
            .. new byte[16],
            0,
            (byte)id.Length,
            .. id,
            .. PublicKey(),
        ]);
        attestation.WriteEndMap();
        return Answer(
            new JsonObject
            {
                ["clientDataJSON"] = Text(ClientData("webauthn.create", question)),
                ["attestationObject"] = Text(attestation.Encode()),
                ["transports"] = new JsonArray("internal"),
            }
        );
    }

    public string Use(string options)
    {
        var question = JsonNode.Parse(options)!;
        var data = Data(question["rpId"]!.GetValue<string>(), 0);
        var client = ClientData("webauthn.get", question);
        byte[] signed = [.. data, .. SHA256.HashData(client)];
        return Answer(
            new JsonObject
            {
                ["clientDataJSON"] = Text(client),
                ["authenticatorData"] = Text(data),
                ["signature"] = Text(
                    key.SignData(signed, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)
                ),
                ["userHandle"] = Text(user),
            }
        );
    }

    private string Answer(JsonObject response) =>
        new JsonObject
        {
            ["id"] = Text(id),
            ["rawId"] = Text(id),
            ["type"] = "public-key",
            ["authenticatorAttachment"] = "platform",
            ["clientExtensionResults"] = new JsonObject(),
            ["response"] = response,
        }.ToJsonString();

    private byte[] ClientData(string type, JsonNode question) =>
        Encoding.UTF8.GetBytes(
            new JsonObject
            {
                ["type"] = type,
                ["challenge"] = question["challenge"]!.GetValue<string>(),
                ["origin"] = origin,
                ["crossOrigin"] = false,
            }.ToJsonString()
        );

    private byte[] Data(string party, byte flags)
    {
        var counter = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(counter, ++count);
        var presence = SkipVerification ? 0x01 : UserPresentAndVerified;
        return [.. SHA256.HashData(Encoding.UTF8.GetBytes(party)), (byte)(presence | flags), .. counter];
    }

    private byte[] PublicKey()
    {
        var point = key.ExportParameters(false).Q;
        var cose = new CborWriter(CborConformanceMode.Ctap2Canonical);
        cose.WriteStartMap(5);
        cose.WriteInt32(1); // key type: elliptic curve
        cose.WriteInt32(2);
        cose.WriteInt32(3); // algorithm: ES256
        cose.WriteInt32(-7);
        cose.WriteInt32(-1); // curve: P-256
        cose.WriteInt32(1);
        cose.WriteInt32(-2);
        cose.WriteByteString(point.X!);
        cose.WriteInt32(-3);
        cose.WriteByteString(point.Y!);
        cose.WriteEndMap();
        return cose.Encode();
    }

    private static string Text(byte[] data) => Base64Url.EncodeToString(data);

    public void Dispose() => key.Dispose();
}
