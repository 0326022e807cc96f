// Makes an image as services/Directory.Build.props says, on a base image that a registry of its own serves (an empty one: nothing is
// downloaded), and looks at what came out: it starts, as whom, where, and what it says of itself.
// usage: node infra/checks/image.mjs
import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";

const digestOf = (bytes) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
const tar = Buffer.alloc(1024);
const layer = gzipSync(tar);
const config = Buffer.from(
    JSON.stringify({
        architecture: process.arch === "arm64" ? "arm64" : "amd64",
        os: "linux",
        config: { Env: ["PATH=/usr/bin"] },
        rootfs: { type: "layers", diff_ids: [digestOf(tar)] },
        history: [{}],
    }),
);
const docker = "application/vnd.docker";
const manifestType = `${docker}.distribution.manifest.v2+json`;
const manifest = Buffer.from(
    JSON.stringify({
        schemaVersion: 2,
        mediaType: manifestType,
        config: { mediaType: `${docker}.container.image.v1+json`, size: config.length, digest: digestOf(config) },
        layers: [{ mediaType: `${docker}.image.rootfs.diff.tar.gzip`, size: layer.length, digest: digestOf(layer) }],
    }),
);
const blobs = { [digestOf(config)]: config, [digestOf(layer)]: layer };
const registry = createServer((request, response) => {
    const blob = blobs[request.url.split("/").pop()];
    if (request.url === "/v2/") response.writeHead(200).end("{}");
    else if (request.url.includes("/manifests/"))
        response.writeHead(200, { "Content-Type": manifestType, "Docker-Content-Digest": digestOf(manifest) }).end(manifest);
    else response.writeHead(blob ? 200 : 404).end(blob);
}).listen(0, "127.0.0.1");
await new Promise((listening) => registry.once("listening", listening));
const base = `localhost:${registry.address().port}/dotnet/aspnet:10.0`;

const work = mkdtempSync(join(tmpdir(), "image-"));
const faults = [];
const expect = (what, is, should) => {
    if (JSON.stringify(is) !== JSON.stringify(should)) faults.push(`${what} is ${JSON.stringify(is)}, not ${JSON.stringify(should)}`);
};
try {
    const archive = join(work, "image.tar.gz");
    await promisify(execFile)(
        "dotnet",
        // What the build before has compiled.
        ["publish", "services/Gateway", "--no-restore", "-c", "Debug", "-t:PublishContainer", `-p:ContainerBaseImage=${base}`,
            `-p:ContainerArchiveOutputPath=${archive}`],
        { env: { ...process.env, DOTNET_CONTAINER_INSECURE_REGISTRIES: `localhost:${registry.address().port}` } },
    );
    execFileSync("tar", ["xf", archive, "-C", work]);
    const [image] = JSON.parse(readFileSync(join(work, "manifest.json"), "utf8"));
    const { config: made } = JSON.parse(readFileSync(join(work, image.Config), "utf8"));
    const files = image.Layers.flatMap((l) => execFileSync("tar", ["tf", join(work, l)], { encoding: "utf8" }).split("\n"));
    expect("name", image.RepoTags, ["ticketing/gateway:latest"]);
    expect("entry point", made.Entrypoint, ["dotnet", "/app/Gateway.dll"]);
    expect("its file", files.some((f) => `/${f.replace(/^\.?\/?/, "")}` === made.Entrypoint.at(-1)), true);
    for (const document of ["openapi.json", "openapi-sandbox.json"])
        expect(document, files.some((f) => f.endsWith(`/${document}`)), true);
    expect("arguments", made.Cmd ?? [], []);
    expect("user", made.User, "1654");
    expect("folder", made.WorkingDir, "/app/");
    expect("ports", Object.keys(made.ExposedPorts), ["8080/tcp"]);
    for (const variable of ["ASPNETCORE_HTTP_PORTS=8080", "DOTNET_EnableDiagnostics=0"])
        expect(variable, made.Env.includes(variable), true);
    for (const label of ["title", "description", "version", "created", "base.name"])
        expect(`label ${label}`, Boolean(made.Labels[`org.opencontainers.image.${label}`]), true);
} catch (e) {
    faults.push(e.stdout || String(e));
} finally {
    registry.close();
    rmSync(work, { recursive: true });
}
faults.forEach((f) => console.log(f));
process.exit(faults.length > 0 ? 1 : 0);
