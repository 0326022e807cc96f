// Terraform's blocks against the schema of the AWS provider, as the typed bindings of CDK for Terraform carry it: no attribute or
// block that a resource does not have, none missing that it must have. (The ephemeral resources of random and tls are in no bindings.)
// usage: node infra/checks/provider.mjs NODE-FOLDER
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const folder = process.argv[2];
const { parse } = createRequire(join(process.cwd(), folder, "node_modules", "x.js"))("@cdktf/hcl2json");
const bindings = { package: "@cdktf/provider-aws", version: "21.22.1" };
const archive = join(dirname(folder), `cdktf-provider-aws-${bindings.version}.tgz`);
if (!existsSync(archive))
    execFileSync("npm", ["pack", "--silent", `${bindings.package}@${bindings.version}`, "--pack-destination", dirname(folder)]);

// What every block may have besides its own.
const meta = ["for_each", "count", "depends_on", "lifecycle", "provider"];

/** The interfaces of one file: name to attribute to { required, of: the interface of a nested block, map }. */
function interfacesIn(text) {
    const all = new Map();
    for (const [, name, body] of text.matchAll(/^export interface (\w+)[^{]*\{\n([\s\S]*?)^\}/gm)) {
        const fields = new Map();
        for (const [, attribute, optional, type] of body.matchAll(/#(\w+) [\w]+#\w+\}[\s\S]*?readonly \w+(\??): ([^;{]*)/g))
            fields.set(attribute, { required: optional === "", of: /^[A-Z]\w+/.exec(type)?.[0] });
        all.set(name, fields);
    }
    return all;
}

function check(block, fields, all, say, depth = 0) {
    const given = new Set(Object.keys(block));
    for (const dynamic of Object.keys(block.dynamic ?? {})) given.add(dynamic);
    given.delete("dynamic");
    for (const name of given) if (!fields.has(name) && !(depth === 0 && meta.includes(name))) say(`has no ${name}`);
    for (const [name, { required }] of fields) if (required && !given.has(name)) say(`lacks ${name}`);
    for (const [name, value] of Object.entries(block)) {
        const inner = all.get(fields.get(name)?.of);
        if (!inner || typeof value === "string") continue;
        for (const one of [value].flat()) if (one && typeof one === "object") check(one, inner, all, (what) => say(`${name}: ${what}`), depth + 1);
    }
    for (const [name, blocks] of Object.entries(block.dynamic ?? {})) {
        const inner = all.get(fields.get(name)?.of);
        for (const { content } of blocks)
            for (const one of content) if (inner) check(one, inner, all, (what) => say(`${name}: ${what}`), depth + 1);
    }
}

const blocks = [];
for (const file of readdirSync("infra/terraform", { recursive: true }).filter((f) => f.endsWith(".tf") && !f.includes(".terraform/"))) {
    const body = await parse(file, readFileSync(join("infra/terraform", file), "utf8"));
    for (const kind of ["resource", "data"])
        for (const [type, named] of Object.entries(body[kind] ?? {}))
            for (const [name, [block]] of Object.entries(named)) blocks.push({ file, kind, type, name, block });
}
const pathOf = ({ kind, type }) => `package/lib/${kind === "data" ? "data-" : ""}${type.replaceAll("_", "-").replace(/^aws-/, kind === "data" ? "aws-" : "")}/index.d.ts`;

const faults = [];
const work = mkdtempSync(join(tmpdir(), "provider-"));
try {
    const aws = blocks.filter((b) => b.type.startsWith("aws_"));
    for (const other of blocks.filter((b) => !b.type.startsWith("aws_"))) faults.push(`${other.file}: no bindings are read for ${other.type}`);
    const there = new Set(execFileSync("tar", ["tzf", archive], { encoding: "utf8", maxBuffer: 1 << 26 }).split("\n"));
    const files = [...new Set(aws.map(pathOf))];
    for (const b of aws) if (!there.has(pathOf(b))) faults.push(`${b.file}: the provider has no ${b.kind} ${b.type}`);
    execFileSync("tar", ["xzf", archive, "-C", work, ...files.filter((f) => there.has(f))]);
    const schemas = new Map(files.filter((f) => there.has(f)).map((f) => [f, interfacesIn(readFileSync(join(work, f), "utf8"))]));
    const faultsOf = ({ file, kind, type, name, block }) => {
        const found = [];
        const all = schemas.get(pathOf({ kind, type }));
        const config = [...(all ?? [])].find(([interfaceName]) => interfaceName.endsWith("Config"))?.[1];
        if (config) check(block, config, all, (what) => found.push(`${file}: ${type}.${name} ${what}`));
        return found;
    };
    for (const b of aws) faults.push(...faultsOf(b));
    const attributes = aws.reduce((sum, b) => sum + Object.keys(b.block).length, 0);

    // A check that finds none of these proves nothing.
    const mistakes = [
        ["aws_db_instance", (b) => (b.storage_encryption = true)],
        ["aws_db_instance", (b) => delete b.instance_class],
        ["aws_eks_cluster", (b) => (b.vpc_config[0].subnets = [])],
        ["aws_eks_cluster", (b) => delete b.vpc_config],
        ["aws_launch_template", (b) => (b.block_device_mappings[0].ebs[0].size = 3)],
        ["aws_eks_addon", (b) => b.pod_identity_association && delete b.pod_identity_association[0].role_arn],
        ["aws_budgets_budget", (b) => (b.dynamic.notification[0].content[0].limit = 3)],
        ["aws_iam_openid_connect_provider", (b) => (b.thumbprints = [])],
    ];
    for (const [type, plant] of mistakes) {
        const copies = aws.filter((b) => b.type === type).map((b) => structuredClone(b));
        copies.forEach((b) => plant(b.block));
        if (copies.flatMap(faultsOf).length === 0) faults.push(`not found in ${type}: ${plant}`);
    }
    console.log(`${aws.length} blocks of ${files.length} types, ${attributes} attributes, ${mistakes.length} planted mistakes, ${faults.length} faults`);
} finally {
    rmSync(work, { recursive: true });
}
for (const fault of faults) console.error(fault);
process.exit(faults.length > 0 || blocks.length < 100 ? 1 : 0);
