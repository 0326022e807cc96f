// The real system behind the firewall: the demo's shows are entered and a ticket is bought through it, and what the services
// refuse is said by them.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { Firewall, annotations } from "./firewall.mjs";

const local = "artifacts/bin/Local/debug/Local";
const folder = mkdtempSync(join(tmpdir(), "waf-local-"));
const data = ["--data", folder];
let system;
let firewall;
let through;

// Below the range that outgoing connections take theirs from: none of the system's own may have it first.
const freePort = (port = 32_000 + Math.floor(Math.random() * 768)) =>
    new Promise((found) => {
        const server = createServer();
        server.on("error", () => found(freePort()));
        server.listen(port, "127.0.0.1", () => server.close(() => found(port)));
    });

before(async () => {
    const behind = await freePort();
    system = spawn(local, ["--no-seed", "--port", `${behind}`, ...data], { stdio: ["ignore", "pipe", "inherit"] });
    system.ended = new Promise((ended) => system.on("exit", ended));
    let ready = false;
    for await (const line of createInterface({ input: system.stdout }))
        if ((ready = line.startsWith("Ready: "))) break;
    assert.ok(ready, "the system does not start");
    system.stdout.resume();
    through = await freePort();
    firewall = await Firewall.start(annotations(), { port: through, upstream: `http://127.0.0.1:${behind}` });
});

after(async () => {
    await firewall?.stop();
    system?.kill();
    await system?.ended;
    rmSync(folder, { recursive: true, force: true });
});

test("shows are entered and a ticket is bought through the firewall", async () => {
    await promisify(execFile)(local, ["seed", "--port", `${through}`, ...data]);
    const { stdout } = await promisify(execFile)(local, ["demo", "--port", `${through}`, ...data]);
    assert.match(stdout, /door: second scan refused/);
});

test("what a service refuses is said by the service", async () => {
    const answer = await firewall.send({ method: "GET", target: "/api/v1/me", headers: {} });
    assert.equal(answer.status, 401);
    assert.equal(JSON.parse(answer.text).type, "/docs/errors#unauthenticated");
});

test("what the firewall refuses is said by it", async () => {
    const answer = await firewall.send({ method: "GET", target: "/api/v1/events?q=%3Cscript%3Ealert(1)%3C/script%3E", headers: {} });
    assert.equal(answer.status, 403);
    assert.equal(answer.headers["content-type"], "application/problem+json");
    assert.equal(JSON.parse(answer.text).type, "/docs/errors#refused");
    assert.match(JSON.parse(answer.text).traceId, /^[0-9a-f]{32}$/);
});
