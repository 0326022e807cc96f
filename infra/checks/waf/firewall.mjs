// nginx as the Ingress controller would configure it, on a socket of its own before a service that answers 200 to everything, or
// on a port before another.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const tools = resolve("artifacts/tools/waf");
const helm = process.env.HELM_BIN || resolve("artifacts/tools/helm-4.1.4/helm");
const libraries = () => readdirSync(`${tools}/usr/lib`).filter((f) => f.endsWith("-linux-gnu")).map((f) => `${tools}/usr/lib/${f}`);
const controllersFolder = "/etc/nginx/modsecurity/";

/** The annotations of the nginx Ingress, as Helm renders them. */
export function annotations(environment = "dev") {
    const manifest = execFileSync(
        helm,
        ["template", "ticketing", "charts/ticketing", "-f", `charts/ticketing/values-${environment}.yaml`, "--show-only", "templates/ingress.yaml"],
        { encoding: "utf8" },
    );
    const found = {};
    let block;
    for (const line of manifest.split("\n")) {
        const [, name, value] = /^ {4}nginx\.ingress\.kubernetes\.io\/([\w-]+): (.*)$/.exec(line) ?? [];
        if (name) {
            block = value.startsWith("|") ? name : undefined;
            found[name] = block ? "" : value.replace(/^["']|["']$/g, "");
        } else if (block && /^( {6}|$)/.test(line)) found[block] += `${line.slice(6)}\n`;
        else block = undefined;
    }
    return found;
}

// As the controller's template writes a location: body limit, timeout, the rules, then the core rules.
function configuration(ingress, crs, folder, { port, upstream }) {
    const rules = (ingress["modsecurity-snippet"] ?? "").replaceAll(controllersFolder, `${tools}/etc/nginx/`);
    const firewall =
        ingress["enable-modsecurity"] === "true"
            ? `
      modsecurity on;
      modsecurity_rules '
${rules}
';
      modsecurity_transaction_id "${ingress["modsecurity-transaction-id"]}";
      ${ingress["enable-owasp-core-rules"] === "true" ? `modsecurity_rules_file ${crs};` : ""}`
            : "";
    return `
load_module ${tools}/usr/lib/nginx/modules/ngx_http_modsecurity_module.so;
daemon off;
master_process off;
pid ${folder}/pid;
# From here on, a rule that matches says so.
error_log ${folder}/error.log info;
events {}
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  large_client_header_buffers 4 8k;
  server {
    listen unix:${folder}/in.sock;
    ${port ? `listen 127.0.0.1:${port};` : ""}
    ${ingress["server-snippet"] ?? ""}
    location / {
      client_max_body_size ${ingress["proxy-body-size"]};
      proxy_read_timeout ${ingress["proxy-read-timeout"]}s;
      ${firewall}
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Host $http_host;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_http_version 1.1;
      proxy_pass ${upstream ?? `http://unix:${folder}/up.sock:`};
    }
  }
}
`;
}

export class Firewall {
    /**
     * With `coreRules`, a folder that holds crs-setup.conf and rules/, instead of Debian's; with `upstream`, before a service
     * that runs there, on a `port`.
     */
    static async start(ingress, options = {}) {
        const firewall = new Firewall();
        firewall.folder = mkdtempSync(join(tmpdir(), "waf-"));
        try {
            await firewall.#start(ingress, options);
        } catch (e) {
            await firewall.stop();
            throw e;
        }
        return firewall;
    }

    async #start(ingress, options) {
        const { coreRules } = options;
        const setup = coreRules ? `${resolve(coreRules)}/crs-setup.conf` : `${tools}/etc/modsecurity/crs/crs-setup.conf`;
        const rules = coreRules ? `${resolve(coreRules)}/rules` : `${tools}/usr/share/modsecurity-crs/rules`;
        const crs = join(this.folder, "crs.conf");
        writeFileSync(crs, `Include ${setup}\nInclude ${rules}/*.conf\n`);
        const file = join(this.folder, "nginx.conf");
        writeFileSync(file, configuration(ingress, crs, this.folder, options));
        const arguments_ = ["-p", this.folder, "-e", join(this.folder, "error.log"), "-c", file];
        this.upstream = createServer((incoming, answer) => {
            incoming.resume();
            incoming.on("end", () => answer.setHeader("x-reached", "the service").end("{}"));
        });
        await new Promise((listening) => this.upstream.listen(join(this.folder, "up.sock"), listening));
        this.process = spawn(`${tools}/usr/sbin/nginx`, arguments_, {
            env: { LD_LIBRARY_PATH: libraries().join(":") },
            stdio: "ignore",
        });
        this.ended = new Promise((ended) => this.process.on("exit", ended));
        let gone = false;
        this.ended.then(() => (gone = true));
        const socket = join(this.folder, "in.sock");
        const listens = () =>
            new Promise((done) => {
                const trial = connect(socket, () => (trial.destroy(), done(true)));
                trial.on("error", () => done(false));
            });
        while (!(await listens()))
            if (gone) throw new Error(`nginx refuses its configuration: ${readFileSync(this.log, "utf8")}`);
    }

    /** What became of a request: the answer, whether the service saw it, the rules that matched. */
    async send({ method, target, headers, body }) {
        const logged = statSync(this.log).size;
        const answer = await new Promise((done, failed) => {
            const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
            const sent = request(
                {
                    socketPath: join(this.folder, "in.sock"),
                    method,
                    path: target,
                    headers: { host: "ticketing.example.com", ...headers, ...length },
                },
                (response) => {
                    let text = "";
                    response.on("data", (chunk) => (text += chunk));
                    response.on("end", () => done({ status: response.statusCode, headers: response.headers, text }));
                },
            );
            sent.on("error", failed);
            sent.end(body);
        });
        const reached = "x-reached" in answer.headers;
        return { ...answer, reached, rules: reached ? [] : this.#rulesSince(logged) };
    }

    /** Bytes that no client library sends. */
    async sendRaw(bytes) {
        const text = await new Promise((done, failed) => {
            let received = "";
            const socket = connect(join(this.folder, "in.sock"));
            socket.on("data", (chunk) => (received += chunk));
            socket.on("close", () => done(received));
            socket.on("error", failed);
            socket.end(bytes);
        });
        const status = Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1] ?? 0);
        return { status, headers: {}, text, reached: /x-reached/i.test(text), rules: [] };
    }

    get log() {
        return join(this.folder, "error.log");
    }

    #rulesSince(position) {
        const text = readFileSync(this.log).subarray(position).toString();
        const found = text.matchAll(/within ([\w:.]+)|against variable `([^']*)'|\[id "(\d+)"\]/g);
        const rules = [];
        let where = "";
        for (const [, within, variable, id] of found)
            if (id) rules.push(where ? `${id} at ${where}` : id), (where = "");
            else where = within ?? variable;
        return [...new Set(rules)];
    }

    async stop() {
        this.process?.kill();
        await this.ended;
        this.upstream?.close();
        this.upstream?.closeAllConnections();
        rmSync(this.folder, { recursive: true, force: true });
    }
}
