// The peer in TypeScript: `program.ts DATA OUT`, likewise; classes.ts has the library and each class that the data uses.
import { readFileSync } from "fs";
import { cdk, classes } from "./classes";

const tokens: Record<string, (of: any) => any> = {
  list: cdk.Token.asList,
  number: cdk.Token.asNumber,
  stringMap: cdk.Token.asStringMap,
  any: cdk.Token.asAny,
};

function value(of: any): any {
  if (Array.isArray(of)) return of.map(value);
  if (of === null || typeof of !== "object") return of;
  if ("$token" in of) return tokens[of.$token](of.of);
  return Object.fromEntries(Object.entries(of).map(([key, one]) => [key, value(one)]));
}

const [data, outdir] = process.argv.slice(2);
const app = new cdk.App({ outdir });
for (const of of JSON.parse(readFileSync(data, "utf8"))) {
  const stack = new cdk.TerraformStack(app, of.name);
  new cdk.LocalBackend(stack, { path: of.backend });
  for (const [name, path] of Object.entries<string>(of.reads)) {
    new cdk.DataTerraformRemoteStateLocal(stack, name, { path });
  }
  for (const one of of.constructs) {
    const made = new classes[`${one.module}.${one.class}`](stack, one.id, value(one.typescript));
    for (const [path, over] of Object.entries(one.overrides)) made.addOverride(path, over);
  }
  for (const [name, one] of Object.entries(of.locals)) {
    new cdk.TerraformLocal(stack, `local-${name}`, one).overrideLogicalId(name);
  }
  for (const [name, one] of Object.entries<any>(of.outputs)) {
    new cdk.TerraformOutput(stack, `output-${name}`, { value: one }).overrideLogicalId(name);
  }
}
app.synth();
