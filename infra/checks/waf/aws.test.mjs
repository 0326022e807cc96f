// AWS WAF lets every request of the tests pass, as large as it is and whatever its prose holds, and nothing like it elsewhere.
import assert from "node:assert/strict";
import { test } from "node:test";
import { decide, managed, sizes, webAcl } from "./aws.mjs";
import { wire } from "./corpus.mjs";
import { descriptions } from "./difficult.mjs";
import { legitimate, recorded } from "./legitimate.mjs";

const cases = legitimate(recorded).map(([title, requests]) => [title, requests.map((r) => [r, wire(r)])]);
// What rules on bodies could take prose for.
const prose = ["CrossSiteScripting_BODY", "GenericLFI_BODY", "SQLi_BODY", "SQLiExtendedPatterns_BODY"];
const isProse = ({ json, form, bytes }) =>
    bytes || [json?.description, json?.text, ...(form ?? []).map(([, value]) => value)].some((text) => descriptions.some((d) => text?.startsWith?.(d.slice(0, 40))));

const blocked = (acl, title, requests) =>
    requests.flatMap(([request, sent]) => {
        const answer = decide(acl, sent, [...sizes(sent), ...(isProse(request) ? prose : [])]);
        return answer === "allow" ? [] : [`${title}: ${answer}, ${Buffer.byteLength(sent.body ?? "")} bytes`];
    });

const id = "01980000-0000-7000-8000-000000000000";
const to = (target, body = "{}") => ({ method: "POST", target, headers: { "user-agent": "Mozilla/5.0" }, body });
const long = "x".repeat(9000);
const refused = {
    "a long body where none is": [to("/api/v1/me", long), ["SizeRestrictions_BODY"], "SizeRestrictions_Body 413"],
    "a long body below an event": [to(`/api/v1/events/${id}/cancel`, long), ["SizeRestrictions_BODY"], "SizeRestrictions_Body 413"],
    "a long body behind another's path": [to(`/api/v1/me?x=/api/v1/venues/${id}/seat-maps`, long), ["SizeRestrictions_BODY"], "SizeRestrictions_Body 413"],
    "scripts in a name": [to("/api/v1/me"), ["CrossSiteScripting_BODY"], "CrossSiteScripting_Body 403"],
    "scripts in a reason": [to(`/api/v1/events/${id}/cancel`), ["CrossSiteScripting_BODY"], "CrossSiteScripting_Body 403"],
    "scripts in a seat map": [to(`/api/v1/venues/${id}/seat-maps`), ["CrossSiteScripting_BODY"], "CrossSiteScripting_Body 403"],
    "a long body at a page of none": [to(`/organizar/${id}/equipe`, long), ["SizeRestrictions_BODY"], "SizeRestrictions_Body 413"],
    "scripts in an organizer's page of no prose": [to(`/organizar/${id}/locais/novo`), ["CrossSiteScripting_BODY"], "CrossSiteScripting_Body 403"],
    "SQL in what a door tells": [to(`/portaria/${id}/lote`), ["SQLi_BODY"], "SQLi_Body 403"],
    "scripts in a checkout": [to(`/reservas/${id}`), ["CrossSiteScripting_BODY"], "CrossSiteScripting_Body 403"],
    "SQL in an order": [to("/api/v1/orders"), ["SQLi_BODY"], "SQLi_Body 403"],
    "more SQL in an order": [to("/api/v1/orders"), ["SQLiExtendedPatterns_BODY"], "SQLiExtendedPatterns_Body 403"],
    "a file in a hold": [to("/api/v1/holds"), ["GenericLFI_BODY"], "GenericLFI_Body 403"],
    "SQL in a query": [to("/api/v1/events"), ["SQLi_QUERYARGUMENTS"], "SQLi_QUERYARGUMENTS 403"],
    "Log4Shell in a description": [to("/api/v1/events"), ["Log4JRCE_BODY"], "Log4JRCE_BODY 403"],
};
const letIn = (acl) =>
    Object.entries(refused).flatMap(([title, [request, matching, expected]]) => {
        const answer = decide(acl, request, matching);
        return answer === expected ? [] : [`${title}: ${answer}`];
    });

const acl = await webAcl();

test("AWS passes what was recorded, and difficult texts", () =>
    assert.deepEqual(cases.flatMap(([title, requests]) => blocked(acl, title, requests)), []));

for (const [title, [request, matching, expected]] of Object.entries(refused))
    test(`AWS refuses: ${title}`, () => assert.equal(decide(acl, request, matching), expected));

test("what only counts leaves a label that blocks elsewhere, or is meant to pass", () => {
    const counted = Object.keys(managed).filter((rule) => decide(acl, to("/"), [rule]) === "allow");
    assert.deepEqual(counted, ["NoUserAgent_HEADER"]);
    const overridden = acl.rule.flatMap((r) => r.statement[0].managed_rule_group_statement?.[0].rule_action_override ?? []);
    assert.deepEqual(overridden.filter(({ name }) => !managed[name]), []);
});

test("regular expressions are as AWS allows", () => {
    const given = acl.rule.flatMap((r) => [...JSON.stringify(r).matchAll(/"regex_string":"((?:[^"\\]|\\.)*)"/g)].map((m) => JSON.parse(`"${m[1]}"`)));
    assert.ok(given.length > 0);
    for (const text of given) {
        assert.ok(text.length <= 512);
        assert.doesNotMatch(text, /\(\?|\\[1-9]/, "neither groups with a meaning nor references");
    }
});

test("answers that rules name exist, and are JSON", () => {
    const bodies = Object.fromEntries(acl.custom_response_body.map((b) => [b.key, JSON.parse(b.content)]));
    const responses = acl.rule.flatMap((r) => r.action?.[0].block?.[0].custom_response ?? []);
    assert.ok(responses.length > 2);
    for (const { response_code, custom_response_body_key } of responses) assert.equal(bodies[custom_response_body_key]?.status, response_code);
});

const swapped = (from, to) => (text) => {
    assert.ok(text.includes(from), from);
    return text.replaceAll(from, to);
};
const mistakes = {
    "long bodies are blocked": swapped('"SizeRestrictions_BODY", ', ""),
    "seat maps are forgotten": swapped("venues/${local.id}/seat-maps|", ""),
    "seat maps are forgotten when replaced": swapped("|seat-maps/${local.id}|", "|"),
    "doors without a network are forgotten": swapped("|check-ins/batch", ""),
    "their pages are forgotten": swapped("|portaria/${local.id}/lote", ""),
    "orders of many are forgotten": swapped("|orders|", "|"),
    "the checkout is forgotten": swapped("|reservas/${local.id}", ""),
    "pictures are forgotten": swapped("|events/${local.id}/picture", ""),
    "chosen pictures are forgotten": swapped("(editar|imagem)", "(editar)"),
    "pages of events are forgotten": swapped("(editar|imagem)", "(imagem)"),
    "evidence is forgotten": swapped("|orders/${local.id}/disputes/${local.id}/evidence", ""),
    "maps as text are forgotten": swapped("organizar/${local.id}/locais/${local.id}/mapas/(novo|${local.id})|", ""),
    "products are forgotten": swapped("events|products", "events"),
    "prose is judged": swapped('"CrossSiteScripting_BODY", ', ""),
    "prose is judged for SQL": swapped('"SQLi_BODY", ', ""),
    "a webhook must say what sends it": swapped('"NoUserAgent_HEADER", ', ""),
    "long bodies everywhere": swapped("except = local.long", 'except = "."'),
    "prose everywhere": swapped("(organizers|events|products)", "(\\\\w+)"),
    "paths that only begin so": swapped(")$\"", ")\""),
    "a label that nobody leaves": swapped('group = "sql-database"', 'group = "sqli-database"'),
    "a label's rule before the label": swapped("priority = 51", "priority = 15"),
};
for (const [title, change] of Object.entries(mistakes))
    test(`planted: ${title}`, async () => {
        const mistaken = await webAcl(change);
        const found = [...letIn(mistaken), ...cases.flatMap(([t, requests]) => blocked(mistaken, t, requests))];
        assert.notDeepEqual(found, []);
    });
