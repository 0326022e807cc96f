// What .ci/run installs, from wherever the suite is started.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

process.chdir(join(dirname(fileURLToPath(import.meta.url)), "../../.."));
export const tools = "artifacts/tools/node";
export const require = createRequire(join(process.cwd(), tools, "node_modules", "x.js"));
export const fauxqs = (await import(pathToFileURL(join(tools, "node_modules/fauxqs/dist/app.js")))).startFauxqs;
export const dynalite = require("dynalite");
export const ses = require("aws-ses-v2-local").default;
export const yaml = require("yaml");
