// What can be said of Terraform without providers: every file parses, every variable, local, resource, module argument and
// output that is spoken of exists, and none is left over. `terraform validate` in the pipeline says the rest.
import { createRequire } from "node:module";
import { readFileSync, readdirSync } from "node:fs";
import { basename, dirname, join, normalize } from "node:path";

const require = createRequire(join(process.cwd(), process.argv[2], "node_modules", "x.js"));
const { parse } = require("@cdktf/hcl2json");

const root = "infra/terraform";
const files = readdirSync(root, { recursive: true })
    .filter((f) => f.endsWith(".tf") && !f.includes(".terraform/"))
    .map((f) => join(root, f));
const modules = new Map();
const faults = [];
for (const file of files) {
    const text = readFileSync(file, "utf8");
    const dir = dirname(file);
    if (!modules.has(dir)) modules.set(dir, { text: "", variables: {}, locals: [], blocks: new Set(), calls: {}, outputs: [] });
    const module = modules.get(dir);
    const body = await parse(file, text).catch((e) => (faults.push(`${file}: ${e}`), {}));
    module.text += text.replace(/^\s*#.*$/gm, "");
    Object.assign(module.variables, body.variable);
    Object.assign(module.calls, body.module);
    module.outputs.push(...Object.keys(body.output ?? {}));
    for (const locals of body.locals ?? []) module.locals.push(...Object.keys(locals));
    for (const [kind, prefix] of [["resource", ""], ["data", "data."], ["ephemeral", "ephemeral."]])
        for (const [type, named] of Object.entries(body[kind] ?? {}))
            for (const name of Object.keys(named)) module.blocks.add(`${prefix}${type}.${name}`);
}

const spoken = (text, pattern) => new Set([...text.matchAll(pattern)].map((m) => m[1]));
for (const [dir, module] of modules) {
    const say = (what) => faults.push(`${dir}: ${what}`);
    const used = spoken(module.text, /\bvar\.(\w+)/g);
    for (const name of used) if (!module.variables[name]) say(`var.${name} is not declared`);
    for (const name of Object.keys(module.variables)) if (!used.has(name)) say(`variable ${name} is not used`);
    const locals = spoken(module.text, /\blocal\.(\w+)/g);
    for (const name of locals) if (!module.locals.includes(name)) say(`local.${name} is not declared`);
    for (const name of module.locals) if (!locals.has(name)) say(`local ${name} is not used`);
    for (const name of spoken(module.text, /(?<![\w.:/-])((?:data\.|ephemeral\.)?(?:aws|tls|random)_\w+\.\w+)/g))
        if (!module.blocks.has(name)) say(`${name} does not exist`);
    for (const [call, [args]] of Object.entries(module.calls)) {
        const target = modules.get(normalize(join(dir, args.source)));
        if (!target) {
            say(`module ${call}: no ${args.source}`);
            continue;
        }
        for (const name of Object.keys(args))
            if (!["source", "count", "for_each", "depends_on", "providers"].includes(name) && !target.variables[name]) say(`module ${call} has no variable ${name}`);
        for (const [name, [variable]] of Object.entries(target.variables))
            if (!("default" in variable) && !(name in args)) say(`module ${call} lacks ${name}`);
        for (const name of spoken(module.text, new RegExp(`module\\.${call}\\.(\\w+)`, "g")))
            if (!target.outputs.includes(name)) say(`module ${call} puts out no ${name}`);
    }
    if (dir.includes("environments") && !module.calls.platform) say(`${basename(dir)} builds no platform`);
}
if (files.length === 0) faults.push("no Terraform found");
for (const fault of faults) console.error(fault);
console.log(`${files.length} files, ${modules.size} modules, ${faults.length} faults`);
process.exit(faults.length > 0 ? 1 : 0);
