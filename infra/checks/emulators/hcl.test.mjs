// The evaluation of Terraform's expressions, against what Terraform itself computed: infra/checks/policies.json, which
// policies.sh compares where there is a Terraform.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { terraform } from "../hcl.mjs";
import { tools } from "./tools.mjs";

const [, given] = readFileSync("infra/checks/policies.sh", "utf8").match(/<<'VARS'\n([^]*?)VARS/);
const variables = Object.fromEntries([...given.matchAll(/^(\w+) += (.*)$/gm)].map(([, name, value]) => [name, JSON.parse(value)]));
const catalog = async (change) => (await terraform({ tools, change }))("modules/catalog", variables);
const saying = (locals) => (path, text) => (path.endsWith("catalog/main.tf") ? `${text}\nlocals {\n${locals}\n}\n` : text);

describe("Terraform without Terraform", () => {
    test("the policies are those that Terraform computes", async () => {
        const policies = (await catalog()).outputs.get("policies");
        assert.deepEqual(
            Object.fromEntries(Object.entries(policies).map(([app, policy]) => [app, JSON.parse(policy)])),
            JSON.parse(readFileSync("infra/checks/policies.json", "utf8")),
        );
    });

    test("expressions mean what they mean there", async () => {
        const module = await catalog(
            saying(`
                text      = "a \${upper("b")} \${1 + 2 * 3}"
                numbers   = [for i, n in [3, 1, 2] : n * 10 if i != 1]
                object    = { for k, v in { b = 1, a = 2 } : "\${k}-x" => v }
                order     = keys({ z = 1, a = 1, m = 1 })
                logic     = !false && (1 < 2 || 1 == 2)
                fallback  = try({}.nothing, "there")
                splat     = [{ id = "x" }, { id = "y" }][*].id
                spread    = merge([{ a = 1 }, { b = 2 }]...)
                nested    = { "key \${1}" = [1, [2]], (lower("K")) = null }`),
        );
        const value = (name) => module.local.get(name);
        assert.equal(value("text"), "a B 7");
        assert.deepEqual(value("numbers"), [30, 20]);
        assert.deepEqual(value("object"), { "a-x": 2, "b-x": 1 });
        assert.deepEqual(value("order"), ["a", "m", "z"]);
        assert.equal(value("logic"), true);
        assert.equal(value("fallback"), "there");
        assert.deepEqual(value("splat"), ["x", "y"]);
        assert.deepEqual(value("spread"), { a: 1, b: 2 });
        assert.deepEqual(value("nested"), { "key 1": [1, [2]], k: null });
    });

    for (const [what, locals, says] of [
        ["a function that is not known", 'broken = cidrsubnet("10.0.0.0/8", 1, 1)', /the function cidrsubnet is not known here/],
        ["a condition inside a text", 'broken = "all \${true ? 1 : 2}"', /directives are not known here/],
        ["a name that does not exist", "broken = local.nobody", /no local.nobody/],
        ["a collection inside a text", 'broken = "all of \${local.apps}"', /a collection inside a text/],
        ["a variable without a value", "broken = var.nobody", /var.nobody has no value/],
    ])
        test(`${what} is an error, not a value`, async () => {
            const module = await catalog(saying(locals));
            assert.throws(() => module.local.get("broken"), says);
        });
});
