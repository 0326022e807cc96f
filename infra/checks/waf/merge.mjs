// What the tests' requests look like, once each shape, without what is random: merge.mjs FOLDER >legitimate.jsonl
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { general, mapTexts, operationOf, operations, read, shape } from "./corpus.mjs";

// Not understood, of nobody, not allowed, too large: such requests a firewall may refuse as well.
const malformed = new Set([400, 401, 405, 411, 413, 414, 415, 431, 500]);
// Tests of our own defences.
const hostile = /<script|drop table|evil\.example|etc\/passwd|\/\.\.\/|\u0000|\\\\/i;
// Nobody's but the test client's.
const notTheClients = new Set(["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"]);

const folder = process.argv[2];
const all = operations();
const kept = new Map();
for (const file of readdirSync(folder))
    for (const { method, target, headers, body, status } of read(join(folder, file))) {
        const [path, query] = target.split("?");
        const operation = operationOf(all, method, path);
        if (!operation || malformed.has(status)) continue;
        const pairs = (text) => [...new URLSearchParams(text)].map((pair) => pair.map(general));
        const request = { operation, method, path: path.split("/").map(general).join("/"), headers: {} };
        for (const [name, value] of Object.entries(headers))
            if (!notTheClients.has(name.toLowerCase())) request.headers[name.toLowerCase()] = general(value);
        if (query) request.query = pairs(query);
        const type = request.headers["content-type"] ?? "";
        if (!body) delete request.headers["content-type"];
        else if (type.startsWith("application/x-www-form-urlencoded")) request.form = pairs(body);
        else if (type.startsWith("application/json"))
            try {
                request.json = mapTexts(JSON.parse(body), general);
            } catch {
                continue;
            }
        // Whatever its bytes are.
        else if (type === "image/jpeg") request.bytes = "/9j/2Q==";
        else continue;
        const line = JSON.stringify(request);
        if (hostile.test(JSON.stringify(request).replaceAll("\\u0000", "\u0000"))) continue;
        const key = shape(request);
        if (!kept.has(key) || line < kept.get(key)) kept.set(key, line);
    }
console.log([...kept.values()].sort().join("\n"));
