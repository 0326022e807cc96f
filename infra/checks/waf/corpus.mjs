// What a recorded request is: which operation it calls, what stands for what is random, how two are known for the same.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const services = "services";

// What the documents do not describe: pages, the OpenID provider, the documents themselves.
const pages = [
    "GET /",
    "GET /docs/",
    "GET /openapi/v1.json",
    "GET /.well-known/openid-configuration",
    "GET /.well-known/jwks",
    "GET /connect/authorize",
    "POST /connect/token",
    "GET /connect/userinfo",
    "GET /connect/logout",
    "POST /connect/logout",
    "POST /connect/revoke",
    "GET /account/login",
    "POST /account/login",
    "GET /account/login.css",
    "POST /account/passkey",
    "GET /account/second",
    "POST /account/second",
    "GET /account/security",
    "POST /account/security",
    "GET /account/confirm",
    "POST /account/confirm",
    "GET /account/forgot",
    "POST /account/forgot",
    "GET /account/reset",
    "POST /account/reset",
    "GET /dev/mail",
    "GET /dev/mail/{id}",
    "GET /assets/{file}",
    "GET /cores/{color}.css",
    "GET /eventos/{slug}",
    "GET /eventos/{slug}/agenda.ics",
    "GET /eventos/{slug}/sessoes/{id}",
    "POST /eventos/{slug}/sessoes/{id}",
    "GET /eventos/{slug}/sessoes/{id}/lugares.json",
    "GET /organizadores/{id}",
    "GET /idioma",
    "GET /entrar",
    "GET /entrada-interrompida",
    "GET /sair",
    "POST /sair",
    "GET /auth/callback",
    "GET /cadastro",
    "POST /cadastro",
    "GET /reservas/{id}",
    "POST /reservas/{id}",
    "GET /pedidos",
    "GET /pedidos/{id}",
    "POST /pedidos/{id}",
    "GET /pedidos/{id}/mudou",
    "GET /ingressos",
    "GET /ingressos/por-link",
    "GET /ingressos/{id}",
    "GET /ingressos/{id}/pdf",
    "POST /ingressos/{id}",
    "GET /transferencias/{ticketId}/{id}",
    "POST /transferencias/{ticketId}/{id}",
    "GET /organizar",
    "POST /organizar",
    "GET /organizar/{organizerId}",
    "GET /organizar/{organizerId}/perfil",
    "POST /organizar/{organizerId}/perfil",
    "GET /organizar/{organizerId}/locais",
    "GET /organizar/{organizerId}/locais/novo",
    "POST /organizar/{organizerId}/locais/novo",
    "GET /organizar/{organizerId}/locais/{venueId}",
    "POST /organizar/{organizerId}/locais/{venueId}",
    "GET /organizar/{organizerId}/locais/{venueId}/mapas/novo",
    "POST /organizar/{organizerId}/locais/{venueId}/mapas/novo",
    "GET /organizar/{organizerId}/locais/{venueId}/mapas/{mapId}",
    "POST /organizar/{organizerId}/locais/{venueId}/mapas/{mapId}",
    "GET /organizar/{organizerId}/eventos",
    "GET /organizar/{organizerId}/eventos/novo",
    "POST /organizar/{organizerId}/eventos/novo",
    "GET /organizar/{organizerId}/eventos/{eventId}",
    "POST /organizar/{organizerId}/eventos/{eventId}",
    "GET /organizar/{organizerId}/eventos/{eventId}/editar",
    "POST /organizar/{organizerId}/eventos/{eventId}/editar",
    "PUT /organizar/{organizerId}/eventos/{eventId}/imagem",
    "GET /organizar/{organizerId}/eventos/{eventId}/datas/nova",
    "POST /organizar/{organizerId}/eventos/{eventId}/datas/nova",
    "GET /organizar/{organizerId}/eventos/{eventId}/datas/{sessionId}",
    "POST /organizar/{organizerId}/eventos/{eventId}/datas/{sessionId}",
    "GET /organizar/{organizerId}/eventos/{eventId}/cupons",
    "POST /organizar/{organizerId}/eventos/{eventId}/cupons",
    "GET /organizar/{organizerId}/eventos/{eventId}/participantes",
    "GET /organizar/{organizerId}/eventos/{eventId}/pedidos",
    "GET /organizar/{organizerId}/eventos/{eventId}/pedidos.csv",
    "GET /organizar/{organizerId}/eventos/{eventId}/pedidos.xlsx",
    "GET /organizar/{organizerId}/extrato.xlsx",
    "GET /organizar/{organizerId}/eventos/{eventId}/entrada",
    "GET /organizar/{organizerId}/eventos/{eventId}/entrada.csv",
    "GET /organizar/{organizerId}/pedidos/{orderId}",
    "POST /organizar/{organizerId}/pedidos/{orderId}",
    "GET /organizar/{organizerId}/equipe",
    "POST /organizar/{organizerId}/equipe",
    "GET /organizar/{organizerId}/registro",
    "GET /organizar/{organizerId}/registro.csv",
    "GET /convites/{organizerId}/{id}",
    "POST /convites/{organizerId}/{id}",
    "GET /portaria",
    "GET /portaria/manifesto.webmanifest",
    "GET /portaria/trabalhador.js",
    "GET /portaria/{sessionId}",
    "POST /portaria/{sessionId}",
    "GET /portaria/{sessionId}/lista.json",
    "POST /portaria/{sessionId}/lote",
    "GET /conta",
    "POST /conta",
    "GET /conta/dados",
];

/** Every operation of the merged document, as "METHOD /path/{of}/it", with the schema of its body. */
export function operations() {
    const found = new Map(pages.map((page) => [page, undefined]));
    for (const service of readdirSync(services)) {
        let document;
        try {
            document = JSON.parse(readFileSync(join(services, service, "openapi.json"), "utf8"));
        } catch (e) {
            if (e.code === "ENOENT" || e.code === "ENOTDIR") continue;
            throw e;
        }
        for (const [path, methods] of Object.entries(document.paths))
            for (const [method, operation] of Object.entries(methods))
                found.set(`${method.toUpperCase()} ${path}`, {
                    schema: operation.requestBody?.content?.["application/json"]?.schema,
                    schemas: document.components?.schemas ?? {},
                });
    }
    return found;
}

/** The operation that a method and path call. */
export function operationOf(all, method, path) {
    const candidates = [...all.keys()].filter((name) => {
        const [m, template] = name.split(" ");
        const pattern = template.replace(/[.]/g, "\\.").replace(/\{\w+\}/g, "[\\w.~{}:-]+");
        return m === method && new RegExp(`^${pattern}$`).test(path);
    });
    // "/tickets/keys" before "/tickets/{id}".
    return candidates.sort((a, b) => a.split("{").length - b.split("{").length)[0];
}

/** Free text that a person writes: the longest texts and names of a body, by their path, with their greatest length. */
export function texts(operation) {
    const out = [];
    const walk = (schema, path, depth) => {
        if (depth > 8 || !schema) return;
        if (schema.$ref) schema = operation.schemas[schema.$ref.split("/").at(-1)];
        for (const one of [...(schema.oneOf ?? []), ...(schema.anyOf ?? []), ...(schema.allOf ?? [])]) walk(one, path, depth + 1);
        const free = !schema.format && !schema.enum && (schema.maxLength >= 60 || path.at(-1) === "description");
        if ([schema.type].flat().includes("string") && free) out.push({ path, length: schema.maxLength });
        for (const [name, inner] of Object.entries(schema.properties ?? {})) walk(inner, [...path, name], depth + 1);
        if (schema.items) walk(schema.items, [...path, 0], depth + 1);
    };
    walk(operation?.schema, [], 0);
    return out;
}

const opaque = /(?<![\w-])(?=[\w+/-]*\d)(?=[\w+/-]*[a-z])(?=[\w+/-]*[A-Z])[\w+/-]{20,}={0,2}/g;
const substitutes = [
    [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, () => "{{uuid}}"],
    [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)/g, () => "{{time}}"],
    [/[0-9a-f]{16,}/gi, (m) => `{{hex:${m.length}}}`],
    [opaque, (m) => `{{opaque:${Math.ceil(m.length / 16) * 16}}}`],
    [/(?<=127\.0\.0\.1:|localhost:)\d+/g, () => "8080"],
    [/\d{6,}/g, (m) => `{{digits:${m.length}}}`],
];

/** The text with a placeholder for everything that is another one each time. */
export const general = (text) => substitutes.reduce((t, [pattern, by]) => t.replace(pattern, by), text);

/** Placeholders become what they stand for: the same bytes in every run, a rule that hits them by chance would do it always. */
export function particular(text, seed) {
    let n = 0;
    const bytes = (length) => {
        const out = [];
        while (out.length < length) out.push(...createHash("sha512").update(`${seed}/${n++}`).digest());
        return Buffer.from(out.slice(0, length));
    };
    const kinds = {
        uuid: () => bytes(16).toString("hex").replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*/, "$1-$2-7$3-8$4-$5").slice(0, 36),
        time: () => "2027-03-14T21:30:00Z",
        hex: (length) => bytes(length).toString("hex").slice(0, length),
        opaque: (length) => bytes(length).toString("base64url").slice(0, length),
        digits: (length) => [...bytes(length)].map((b) => b % 10).join(""),
    };
    return text.replace(/\{\{(\w+)(?::(\d+))?\}\}/g, (_, kind, length) => kinds[kind](Number(length)));
}

/** Every string in a JSON value through a function. */
export function mapTexts(value, f) {
    if (typeof value === "string") return f(value);
    if (Array.isArray(value)) return value.map((v) => mapTexts(v, f));
    if (value && typeof value === "object")
        return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, mapTexts(v, f)]));
    return value;
}

// What the rules look at in a text: its punctuation; and how long it is, roughly.
const look = (text) => [
    ...new Set(text.replace(/\{\{[^}]*\}\}/g, "").replace(/[\p{L}\p{N}\s]/gu, "")),
    text.length > 1000 ? "long" : "",
].sort().join("");

/** Requests of one shape are one request to a firewall. */
export function shape(request) {
    const leaves = {};
    const walk = (value, path) => {
        if (Array.isArray(value)) for (const v of value) walk(v, `${path}[]`);
        else if (value && typeof value === "object") for (const [k, v] of Object.entries(value)) walk(v, `${path}.${k}`);
        else leaves[path] = look([leaves[path] ?? "", typeof value === "string" ? value : ""].join(""));
    };
    walk(request.json, "");
    const pairs = (list) => (list ?? []).map(([k, v]) => [k, look(v)]).sort();
    return JSON.stringify([
        request.operation,
        Object.entries(request.headers).map(([k, v]) => [k, k === "accept-language" ? "" : look(v)]).sort(),
        pairs(request.query),
        pairs(request.form),
        Object.entries(leaves).sort(),
    ]);
}

/** The request as it goes over the wire. */
export function wire(request) {
    const seed = JSON.stringify(request);
    const fill = (text) => particular(text, seed);
    const encode = (pairs) => pairs.map((pair) => pair.map((p) => encodeURIComponent(fill(p))).join("=")).join("&");
    const body = request.form
        ? encode(request.form)
        : request.json !== undefined
          ? JSON.stringify(mapTexts(request.json, fill))
          : request.bytes
            ? Buffer.from(request.bytes, "base64")
            : request.body;
    return {
        method: request.method,
        target: fill(request.path) + (request.query ? `?${encode(request.query)}` : ""),
        headers: mapTexts(request.headers, fill),
        body,
    };
}

export const read = (file) =>
    readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => line)
        .map((line) => JSON.parse(line));
