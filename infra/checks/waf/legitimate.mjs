// Every request that must pass: what the tests have sent, and the same with difficult texts wherever a text is free.
import { operationOf, operations, particular, read, texts } from "./corpus.mjs";
import { descriptions, names, passwords, places, searches, seatMap, unlucky } from "./difficult.mjs";

export const all = operations();
export const recorded = read("infra/checks/waf/legitimate.jsonl");

const json = { "content-type": "application/json" };
const get = (path, query) => ({ operation: operationOf(all, "GET", path), method: "GET", path, headers: {}, query });

const fieldsOf = ({ form }) => form?.map(([name]) => name).join(", ");

/** A body with another text at a path. */
function withText(request, path, text) {
    const copy = structuredClone(request);
    let inner = copy.json;
    for (const [i, step] of path.entries())
        inner = inner[step] = i === path.length - 1 ? text : (inner[step] ?? (typeof path[i + 1] === "number" ? [] : {}));
    return copy;
}

/** What may be typed into a field of a page: by the page that it is on, and how much. */
const prose = { description: 20000, about: 5000, text: 20000 };
const words = ["name", "title", "address", "city", "category", "reason", "buyer", "contact", "section"];

function* typed(request) {
    const isMap = request.path.includes("/mapas/");
    for (const [field] of request.form) {
        const values = field === "text" && isMap ? seatTexts : field in prose ? [...names, ...descriptions] : words.includes(field) ? (isMap ? places : names) : [];
        for (const value of values)
            yield { ...request, form: request.form.map(([n, v]) => [n, n === field ? value.slice(0, isMap && n === "text" ? undefined : (prose[n] ?? 120)) : v]) };
    }
}

/** Seat maps as the organizer's page takes them: with what each sign means, and a seat a line as other systems write them. */
const seatTexts = [
    "setor;fila;lugar;tipo\r\nPlateia; A; 1-10 _2 13-22 23*\r\nPlateia; B; 1-39/2; 4,10\r\nSalão (mesas); 1; 1-8; acessível\r\n",
    'Section,Row,Seat\r\n"Setor D\'Ávila & Cia.","A/B","1+"\r\nCamarote 3 (1º andar)\tA\t2*\tcompanion\r\n東;1;1',
    Array.from({ length: 6000 }, (_, seat) => `Plateia;${String.fromCharCode(65 + (seat % 26))};${seat}`).join("\r\n"),
];

/** Title → requests that must all pass. */
export function legitimate(requests) {
    const cases = requests.map((r, i) => [`${r.operation}, recorded ${i + 1}`, [r]]);
    for (const [operation, of] of all) {
        const base = requests.find((r) => r.operation === operation && r.json);
        if (!base) continue;
        for (const { path, length } of texts(of)) {
            const long = ["description", "text"].includes(path.at(-1));
            const values = operation.includes("seat-map") ? places : long ? [...names, ...descriptions] : names;
            cases.push([`${operation}, any ${path.join(".")}`, values.map((v) => withText(base, path, v.slice(0, length ?? 20000)))]);
        }
        for (const name of ["password", "currentPassword", "newPassword"])
            if (of?.schema && base.json[name]) cases.push([`${operation}, any ${name}`, passwords.map((p) => withText(base, [name], p))]);
    }
    for (const path of ["/connect/token", "/account/login", "/account/reset", "/cadastro", "/conta"]) {
        const base = requests.find((r) => r.path === path && r.form?.some(([name]) => name === "password"));
        const passing = (password) => ({ ...base, form: base.form.map(([n, v]) => [n, n === "password" ? password : v]) });
        if (base) cases.push([`POST ${path}, any password`, passwords.map(passing)]);
    }
    for (const base of requests.filter((r, i) => r.form && r.path.startsWith("/organizar") && requests.findIndex((o) => o.operation === r.operation && fieldsOf(o) === fieldsOf(r)) === i)) {
        const others = [...typed(base)];
        if (others.length > 0) cases.push([`${base.operation}, any text of ${fieldsOf(base)}`, others]);
    }
    cases.push(["any search", searches.map((text) => get("/api/v1/events", [["q", text]]))]);
    // At a box office people are searched for.
    const found = [...names.map((name) => name.slice(0, 120)), "o'brien+ingressos@example.com", "8RNR-VJF9", "Plateia · A · 12"];
    cases.push(["any search for an order", found.map((text) => get("/api/v1/orders", [["eventId", "{{uuid}}"], ["q", text], ["sort", "-placed"]]))]);
    cases.push(["any search for somebody who comes", found.map((text) => get("/api/v1/check-in-lists/{{uuid}}/attendees", [["q", text], ["type", text.slice(0, 80)]]))]);
    for (const page of ["pedidos", "participantes"])
        cases.push([`any search at ${page}`, found.map((text) => get(`/organizar/{{uuid}}/eventos/{{uuid}}/${page}`, [["data", "{{uuid}}"], ["ordem", "-number"], ["busca", text], ["tipo", text.slice(0, 80)], ["situacao", "used"]]))]);
    cases.push(["a link from a campaign", [get("/api/v1/events", [["utm_source", "instagram"], ["fbclid", "{{opaque:60}}"]])]]);
    const seats = (method, path, count) => ({ operation: operationOf(all, method, path), method, path, headers: json, json: seatMap(count) });
    for (const count of [2000, 60000]) {
        cases.push([`a seat map of ${count}`, [seats("POST", "/api/v1/venues/{{uuid}}/seat-maps", count)]]);
        cases.push([`another seat map of ${count}`, [seats("PUT", "/api/v1/seat-maps/{{uuid}}", count)]]);
    }
    const many = Array.from({ length: 300 }, (_, i) => ({ code: `{{opaque:${140 + (i % 40)}}}`, at: "2026-12-01T23:05:10.123Z", gate: "Portão d'Água" }));
    for (const path of ["/api/v1/check-ins/batch", "/portaria/{{uuid}}/lote"])
        cases.push([`what a door admitted without a network, at ${path}`, [{ operation: operationOf(all, "POST", path), method: "POST", path, headers: json, json: { deviceId: "{{uuid}}", scans: many } }]]);
    const people = Array.from({ length: 100 }, (_, i) => `Maria Aparecida da Conceição d'Ávila e Sousa ${"abcdefghij"[i % 10].repeat(40)}`);
    const order = { holdId: "{{uuid}}", buyer: { name: "Íris Araújo", email: "iris@example.com" }, attendees: people.map((name) => ({ name })), payment: { method: "pix" } };
    cases.push(["an order of a hundred", [{ operation: operationOf(all, "POST", "/api/v1/orders"), method: "POST", path: "/api/v1/orders", headers: json, json: order }]]);
    const jpeg = { "content-type": "image/jpeg" };
    const bytes = (text, size) => Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xda]), Buffer.from(text), Buffer.from(particular(`{{opaque:${size}}}`, text), "base64url"), Buffer.from([0xff, 0xd9])]).toString("base64");
    for (const path of ["/api/v1/events/{{uuid}}/picture", "/organizar/{{uuid}}/eventos/{{uuid}}/imagem"])
        cases.push([
            `a picture of any bytes, at ${path}`,
            ["", ...descriptions].map((text, i) => ({ operation: operationOf(all, "PUT", path), method: "PUT", path, headers: jpeg, bytes: bytes(text, i === 0 ? 1_000_000 : 30_000) })),
        ]);
    const preflight = { origin: "https://shop.example", "access-control-request-method": "POST", "access-control-request-headers": "authorization,idempotency-key" };
    cases.push(["a browser's preflight", [{ method: "OPTIONS", path: "/api/v1/holds", headers: preflight }]]);
    const form = { "content-type": "application/x-www-form-urlencoded" };
    cases.push([
        "a checkout of a hundred",
        [{ operation: "POST /reservas/{id}", method: "POST", path: "/reservas/{{uuid}}", headers: form, form: [["_handler", "order"], ["__RequestVerificationToken", "{{opaque:112}}"], ["name", "Íris"], ...people.map((name, i) => [`attendee-${i}`, name])] }],
    ]);
    const posted = (path, fields) => ({ operation: operationOf(all, "POST", path), method: "POST", path, headers: form, form: fields });
    cases.push([
        "any evidence at an order's page",
        [...names, ...descriptions].map((text) => posted("/organizar/{{uuid}}/pedidos/{{uuid}}", [["_handler", "answer-{{hex:32}}"], ["__RequestVerificationToken", "{{opaque:112}}"], ["key", "{{hex:32}}"], ["text", text]])),
    ]);
    const random = (value) => [
        { ...get("/api/v1/events", [["cursor", value]]), headers: { cookie: `ticketing-form=${value}; ticketing-login=${value}; ticketing-device=${value}; ticketing-page=${value}; ticketing-session=${value}` } },
        get("/api/v1/tickets/{{uuid}}/pdf", [["key", value]]),
        get("/connect/authorize", [["client_id", "ticketing-web"], ["state", value], ["nonce", value], ["code_challenge", value]]),
        get("/connect/logout", [["id_token_hint", `${value}.${value}.${value}`], ["state", value]]),
        posted("/connect/token", [["grant_type", "refresh_token"], ["refresh_token", value]]),
        posted("/connect/token", [["grant_type", "authorization_code"], ["code", value], ["code_verifier", value]]),
        posted("/connect/revoke", [["token", value]]),
        posted("/conta", [["_handler", "profile"], ["__RequestVerificationToken", value], ["name", "Ana"]]),
        posted("/account/login", [["form_token", value], ["email", "a@example.com"], ["password", value]]),
        { operation: "GET /account/reset", method: "GET", path: "/account/reset", headers: {}, query: [["t", value]] },
        posted("/account/confirm", [["form_token", value], ["t", value]]),
        posted("/account/passkey", [["form_token", value], ["action", "passkey"], ["state", value], ["answer", JSON.stringify({ id: value, type: "public-key", response: { signature: value } })]]),
        ...[
            ["/api/v1/check-ins", { code: value, gate: "A" }],
            ["/api/v1/me/email/confirmation", { code: value }],
            ["/api/v1/orders/{{uuid}}/payments", { method: "card", cardToken: value }],
            ["/api/v1/orders", { payment: { method: "card", cardToken: value } }],
        ].map(([path, body]) => ({ operation: operationOf(all, "POST", path), method: "POST", path, headers: json, json: body })),
    ];
    cases.push(["random texts", Array.from({ length: 20 }, (_, i) => random(`{{opaque:${40 + i}}}`)).flat()]);
    cases.push(["random texts that look like SQL", unlucky.flatMap(random)]);
    cases.push(["any code at the door", ["https://example.com/a?b=c", "WIFI:S:casa;T:WPA;P:segredo;;", "BR.GOV.BCB.PIX 123", "00020126580014"].map((code) => withText(random(code).find((r) => r.path === "/api/v1/check-ins"), ["code"], code))]);
    return cases;
}
