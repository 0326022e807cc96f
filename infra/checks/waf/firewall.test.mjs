// The nginx Ingress' firewall, as the chart deploys it, lets every request of the tests pass and no attack.
//   infra/checks/waf/install.sh && node --test infra/checks/waf/firewall.test.mjs
// CRS=FOLDER: with other core rules than Debian's, a checkout of coreruleset whose crs-setup.conf is there.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { attacks } from "./attacks.mjs";
import { wire } from "./corpus.mjs";
import { Firewall, annotations } from "./firewall.mjs";
import { all, legitimate, recorded } from "./legitimate.mjs";

const crs = process.env.CRS;
const options = { coreRules: crs };
const ingress = annotations();

/** Why a request that must pass does not. */
async function faultOfLegitimate(firewall, request) {
    const sent = wire(request);
    const { status, reached, rules } = await firewall.send(sent);
    if (status !== 200 || !reached)
        return `${status} by ${rules.join(", ") || "nginx"}: ${sent.method} ${sent.target} ${(sent.body ?? "").slice(0, 300)}`;
}

const browser = { "user-agent": "Mozilla/5.0", accept: "*/*" };

/** Why a request that must be refused is not, or not as an API refuses. */
async function faultOfAttack(firewall, attack) {
    const answer = attack.raw ? await firewall.sendRaw(attack.raw) : await firewall.send({ ...attack, headers: { ...browser, ...attack.headers } });
    if (answer.reached || answer.status < 400 || (answer.status > 499 && answer.status !== 501)) return `came in: ${answer.status}`;
    if (!attack.raw && answer.headers["content-type"] !== "application/problem+json") return `answered with ${answer.headers["content-type"]}`;
}

/** Operations that no test has called: their requests were never tried. */
const unrecorded = (requests) => {
    const called = new Set(requests.map((r) => r.operation));
    return [...all.keys()].filter((operation) => !called.has(operation));
};

const snippet = (change) => (i) => ({ ...i, "modsecurity-snippet": change(i["modsecurity-snippet"]) });
const replaced = (text, by) =>
    snippet((rules) => {
        if (!rules.includes(text)) throw new Error(`The rules do not hold ${text}`);
        return rules.replaceAll(text, by);
    });
const dropped = (id) => snippet((rules) => rules.replace(new RegExp(`^SecRule [^\\n]*"id:${id},[^\\n]*\\n(?:SecRule (?![^\\n]*"id:)[^\\n]*\\n?)*`, "m"), ""));
const added = (rule) => snippet((rules) => `${rule}\n${rules}`);

/** Mistakes of whoever changes the firewall: each must show in one of the corpora. */
const mistakes = {
    attacks: {
        "the engine only watches": replaced("SecRuleEngine On", "SecRuleEngine DetectionOnly"),
        "no firewall": (i) => ({ ...i, "enable-modsecurity": "false", "server-snippet": "" }),
        "no core rules": (i) => ({ ...i, "enable-owasp-core-rules": "false" }),
        "bodies are not looked into": replaced("SecRequestBodyAccess On", "SecRequestBodyAccess Off"),
        "JSON is not taken apart": replaced("ctl:requestBodyProcessor=JSON", "setvar:tx.none=1"),
        "a path without rules": added('SecRule REQUEST_FILENAME "@beginsWith /api/v1/events" "id:1,phase:1,pass,nolog,ctl:ruleEngine=Off"'),
        "a path without rules on SQL": added('SecRule REQUEST_FILENAME "@beginsWith /api/v1/me" "id:1,phase:1,pass,nolog,ctl:ruleRemoveByTag=attack-sqli"'),
        "a rule less": added('SecRule REQUEST_FILENAME "@beginsWith /" "id:1,phase:1,pass,nolog,ctl:ruleRemoveById=913100"'),
        "an exclusion for every field": replaced(";ARGS:json.description", ";ARGS"),
        "an exclusion for every operation": replaced("^/api/v1/(?:organizers|events|products)(?:/[0-9a-fA-F-]{36})?$", "^/"),
        "a threshold that nothing reaches": added('SecAction "id:1,phase:1,pass,nolog,setvar:tx.inbound_anomaly_score_threshold=1000"'),
        "bodies of any type": replaced("|application/json| |application/x-www-form-urlencoded|", "|application/json| |application/x-www-form-urlencoded| |text/plain|"),
        "bodies of no type": dropped(10011),
        "paths of any characters": dropped(10012),
        "parameters of any name": dropped(10013),
        "headers that look up": dropped(10014),
        "seat maps of any text": dropped(10030),
        "seat maps of any quote": dropped(10031),
        "seat maps of SQL": dropped(10032),
        "texts of seat maps of any signs": dropped(10033),
        "texts of seat maps of SQL": dropped(10034),
        "bodies that cannot be read": dropped(10025),
        "values without end": (i) => dropped(10026)(replaced("SecArgumentsLimit 1000", "SecArgumentsLimit 100000")(i)),
        "bodies of any size": dropped(10027),
        "long values": dropped(10028),
        "many long values": dropped(10029),
        "values that only cost time": dropped(10017),
        "random texts of any signs": dropped(10130),
        "lookups in descriptions": dropped(10111),
        "pages for an answer": (i) => ({ ...i, "server-snippet": "" }),
    },
    legitimate: {
        "methods of forms alone": replaced("GET HEAD POST PUT PATCH DELETE OPTIONS", "GET HEAD POST OPTIONS"),
        "no JSON": replaced("|application/json| ", ""),
        "bodies of 256 KiB": (i) => ({ ...i, "proxy-body-size": "256k" }),
        "seat maps taken apart": dropped(10020),
        "texts of seat maps inspected": dropped(10023),
        "pictures inspected": dropped(10024),
        "descriptions at their pages inspected": dropped(10112),
        "organizers' texts inspected": dropped(10113),
        "evidence inspected": dropped(10114),
        "evidence at its page inspected": dropped(10115),
        "passwords of registration inspected": dropped(10100),
        "passwords of a change inspected": dropped(10101),
        "passwords of a log-in inspected": dropped(10102),
        "descriptions inspected": dropped(10110),
        "random texts inspected": dropped(10131),
        "short texts alone": replaced("tx.arg_length=65536", "tx.arg_length=1000"),
        "a paranoid firewall": added('SecAction "id:1,phase:1,pass,nolog,setvar:tx.paranoia_level=3,setvar:tx.blocking_paranoia_level=3"'),
    },
};

/** What only core rules from version 4 on mistake for an attack. */
const newerMistakes = {
    legitimate: {
        "registered addresses inspected": dropped(10120),
        "sessions taken for log-ins": dropped(10121),
    },
};

const cases = legitimate(recorded);
const known = Object.entries(attacks).filter(([, attack]) => crs || !(attack.since > 3));
let firewall;
before(async () => (firewall = await Firewall.start(ingress, options)));
after(() => firewall.stop());

for (const [title, requests] of cases)
    test(`passes: ${title}`, async () => {
        for (const request of requests) assert.equal(await faultOfLegitimate(firewall, request), undefined);
    });

for (const [title, attack] of known)
    test(`is refused: ${title}`, async () => assert.equal(await faultOfAttack(firewall, attack), undefined));

test("every operation was recorded", () => assert.deepEqual(unrecorded(recorded), [], "infra/checks/waf/record.sh records anew"));

test("planted: an operation that was not recorded", () => {
    const { operation } = recorded[0];
    assert.deepEqual(unrecorded(recorded.filter((r) => r.operation !== operation)), [operation]);
});

test("planted: what nginx does not understand", () =>
    assert.rejects(Firewall.start({ ...ingress, "modsecurity-snippet": "SecRuleEngine Perhaps" }, options), /nginx refuses/));

const faults = {
    attacks: known.map(([, attack]) => (mistaken) => faultOfAttack(mistaken, attack)),
    // Last the recorded ones, of which there are many.
    legitimate: [...cases].reverse().flatMap(([, requests]) => requests.map((r) => (mistaken) => faultOfLegitimate(mistaken, r))),
};
for (const [corpus, planted] of Object.entries(crs ? newerMistakes : mistakes))
    for (const [title, plant] of Object.entries(planted))
        test(`planted: ${title}`, async () => {
            const changed = plant(ingress);
            assert.notDeepEqual(changed, ingress);
            const mistaken = await Firewall.start(changed, options);
            try {
                for (const faultOf of faults[corpus]) if (await faultOf(mistaken)) return;
            } finally {
                await mistaken.stop();
            }
            assert.fail(`No request of ${corpus} shows it.`);
        });
