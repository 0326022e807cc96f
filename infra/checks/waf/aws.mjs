// AWS WAF as the firewall module sets it up, as far as it can be told without AWS: the web ACL, and what becomes of a request
// when rules of the managed groups match it.
import { terraform } from "../hcl.mjs";

const tools = "artifacts/tools/node";
const group = (name, prefix, rules) => rules.map((rule) => [rule, { group: name, label: `awswaf:managed:aws:${prefix}:${rule}` }]);

/** The rules of the managed groups that our requests could meet; AWS' documentation has them all. */
export const managed = Object.fromEntries([
    ...group("AWSManagedRulesCommonRuleSet", "core-rule-set", [
        "NoUserAgent_HEADER", "SizeRestrictions_QUERYSTRING", "SizeRestrictions_Cookie_HEADER", "SizeRestrictions_BODY", "SizeRestrictions_URIPATH",
        "EC2MetaDataSSRF_BODY", "GenericLFI_BODY", "GenericRFI_BODY", "CrossSiteScripting_BODY", "CrossSiteScripting_QUERYARGUMENTS",
    ]),
    ...group("AWSManagedRulesSQLiRuleSet", "sql-database", ["SQLi_QUERYARGUMENTS", "SQLi_BODY", "SQLiExtendedPatterns_BODY"]),
    ...group("AWSManagedRulesKnownBadInputsRuleSet", "known-bad-inputs", ["Log4JRCE_BODY"]),
]);

/** Those that match for certain. Sizes are in bytes; behind a load balancer AWS reads 8 KiB of a body. */
export function sizes({ target, headers, body }) {
    const [path, query = ""] = target.split("?");
    const found = [];
    if (!headers["user-agent"]) found.push("NoUserAgent_HEADER");
    if (path.length > 1024) found.push("SizeRestrictions_URIPATH");
    if (query.length > 2048) found.push("SizeRestrictions_QUERYSTRING");
    if ((headers.cookie ?? "").length > 10240) found.push("SizeRestrictions_Cookie_HEADER");
    if (Buffer.byteLength(body ?? "") > 8192) found.push("SizeRestrictions_BODY");
    return found;
}

/** The web ACL with its dynamic blocks written out. `change` may alter the module's text. */
export async function webAcl(change = (text) => text) {
    const make = await terraform({ tools, change: (path, text) => (path.endsWith("modules/firewall/main.tf") ? change(text) : text) });
    const module = make("modules/firewall", { name: "ticketing", log_days: 1, key_arn: "arn" });
    const expand = (block, scope) => {
        if (Array.isArray(block)) return block.map((b) => expand(b, scope));
        if (!block || typeof block !== "object") return module.value(block, scope);
        const { dynamic, ...plain } = block;
        const whole = Object.fromEntries(Object.entries(plain).map(([name, inner]) => [name, expand(inner, scope)]));
        for (const [name, blocks] of Object.entries(dynamic ?? {}))
            for (const { for_each, content } of blocks) {
                const each = module.value(for_each, scope);
                const pairs = Array.isArray(each) ? each.map((v) => [v, v]) : Object.entries(each);
                const made = pairs.flatMap(([key, value]) => expand(content, (n) => (n === name ? { key, value } : scope(n))));
                whole[name] = [...(whole[name] ?? []), ...made];
            }
        return whole;
    };
    return expand(module.body.resource.aws_wafv2_web_acl.this[0], module.scope);
}

function holds([statement], request, labels) {
    const [[kind, [body]]] = Object.entries(statement);
    switch (kind) {
        case "and_statement":
            return body.statement.every((s) => holds([s], request, labels));
        case "or_statement":
            return body.statement.some((s) => holds([s], request, labels));
        case "not_statement":
            return !holds(body.statement, request, labels);
        case "label_match_statement":
            return labels.has(body.key.toLowerCase());
        case "regex_match_statement":
            return new RegExp(body.regex_string).test(request.target.split("?")[0]);
        // One request is no flood.
        case "rate_based_statement":
            return false;
        default:
            throw new Error(`the check does not know ${kind}`);
    }
}

/** "allow", or what blocks and with which status, when these rules of the managed groups match. */
export function decide(acl, request, matching) {
    const labels = new Set();
    for (const rule of [...acl.rule].sort((a, b) => a.priority - b.priority)) {
        const own = rule.statement[0].managed_rule_group_statement?.[0];
        if (!own) {
            if (rule.action[0].block && holds(rule.statement, request, labels))
                return `${rule.name} ${rule.action[0].block[0].custom_response[0].response_code}`;
            continue;
        }
        for (const name of matching.filter((m) => managed[m].group === own.name)) {
            const override = (own.rule_action_override ?? []).find((o) => o.name === name);
            if (!override?.action_to_use[0].count) return `${name} 403`;
            labels.add(managed[name].label.toLowerCase());
        }
    }
    return "allow";
}
