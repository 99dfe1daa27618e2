/**
 * What a user gets: packs the three packages, has publint and attw look at them, installs them into an empty project, checks the
 * types of README's library example ("ts packed") against them, runs it, and compares what it prints with its `// =>` lines.
 */
import { globSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, delimiter, join } from "node:path"
import { examples } from "./doctest/generate.mjs"
import { execute } from "./execute.mjs"
import { startGateway } from "./gateway.mjs"
import { pnpm, root } from "./install.mjs"

const folder = join(root, ".tmp", "pack")
const project = join(folder, "project")
const bin = (name) => join(root, "node_modules", ".bin", name)
const manifest = (...path) => JSON.parse(readFileSync(join(root, ...path, "package.json"), "utf8"))
const PATH = [dirname(process.execPath), process.env.PATH].join(delimiter)

/** Runs, or ends it all with what was said. */
const must = async (title, [command, ...args], options = {}) => {
  const { code, output } = await execute(command, args, { ...options, env: { PATH } })
  if (code === 0) return output
  return end(`${title} failed (exit code ${code}):\n${output}`)
}

const end = (text) => {
  console.log(text)
  process.exit(1)
}

const pack = async () => {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(project, { recursive: true })
  // From nothing, so that no output of a source that is gone gets packed.
  for (const old of globSync(["packages/*/dist", "packages/*/.tsbuildinfo/src.json"], { cwd: root })) {
    rmSync(join(root, old), { recursive: true, force: true })
  }
  await must("tsc -b tsconfig.build.json", [bin("tsc"), "-b", "tsconfig.build.json"])
  const names = ["core", "server", "cli"]
  await Promise.all(
    names.map((name) =>
      must(`pnpm pack of ${name}`, [...pnpm, "pack", "--pack-destination", folder], {
        cwd: join(root, "packages", name)
      })
    )
  )
  const files = readdirSync(folder)
  return names.map((name) => ({
    name: `@orelse/${name}`,
    file: files.find((file) => file.startsWith(`orelse-${name}-`))
  }))
}

const lint = (packed) =>
  Promise.all(
    packed.flatMap(({ name, file }) => [
      must(`publint of ${name}`, [bin("publint"), "run", join(folder, file), "--strict"]),
      must(`attw of ${name}`, [bin("attw"), join(folder, file), "--profile", "esm-only", "--no-emoji", "--no-color"])
    ])
  )

/** An empty project that knows nothing of this workspace, and takes other packages from pnpm's store where it has them. */
const install = async (packed) => {
  const local = Object.fromEntries(packed.map(({ name, file }) => [name, `file:../${file}`]))
  const { devDependencies } = manifest()
  const workspace = readFileSync(join(root, "pnpm-workspace.yaml"), "utf8")
  const version = (name) => new RegExp(`^ {2}"?${name}"?: (.+)$`, "m").exec(workspace)?.[1] ?? devDependencies[name]
  const tools = { effect: version("effect"), typescript: version("typescript"), "@types/node": version("@types/node") }
  writeFileSync(
    join(project, "package.json"),
    JSON.stringify({ name: "a-user", private: true, type: "module", dependencies: { ...local, ...tools } })
  )
  writeFileSync(
    join(project, "pnpm-workspace.yaml"),
    `packages: []\noverrides: ${JSON.stringify(local)}\nallowBuilds: {}\n`
  )
  // No more than the README of core says that its types need.
  const options = {
    strict: true,
    lib: ["ES2024", "DOM"],
    module: "NodeNext",
    target: "ES2024",
    noEmit: true,
    skipLibCheck: false,
    types: ["node"]
  }
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions: options, include: ["*.ts"] }))
  await must("pnpm install of the tarballs", [...pnpm, "install", "--prefer-offline", "--ignore-scripts"], {
    cwd: project
  })
}

const runPrograms = async () => {
  const programs = examples("packed")
  if (programs.length === 0) end('no program to run: tag the library example of README.md with "ts packed"')
  for (const [index, { code }] of programs.entries()) writeFileSync(join(project, `example${index}.ts`), `${code}\n`)
  await must("tsc of the packed examples", [join(project, "node_modules", ".bin", "tsc")], { cwd: project })
  for (const [index, { file, line, code }] of programs.entries()) {
    const printed = await must(`${file}:${line}`, [process.execPath, `example${index}.ts`], { cwd: project })
    const expected = [...code.matchAll(/\/\/ => (.*)$/gm)].map(([, text]) => text.trim())
    if (expected.length > 0 && printed.trim() === expected.join("\n")) continue
    end(`${file}:${line}: printed\n${printed}\nbut its "// =>" lines say\n${expected.join("\n")}`)
  }
  return programs.length
}

/** The binary starts from the tarball, without the sources of the checkout, and answers. */
const runBinary = async () => {
  const orelse = join(project, "node_modules", ".bin", "orelse")
  const said = await must("orelse --version", [orelse, "--version"], { cwd: project })
  const { version } = manifest("packages", "cli")
  if (!said.includes(version)) end(`orelse --version says "${said.trim()}", package.json says ${version}`)
  const gateway = await startGateway([orelse], project, { PATH })
  const answer = await fetch(`${gateway.url}/v1/models`)
  const body = await answer.text()
  const code = await gateway.stop()
  if (answer.status !== 200) end(`the packed gateway answers /v1/models with ${answer.status}: ${body}`)
  if (code !== 0) end(`the packed gateway ends with exit code ${code} when it is asked to stop`)
}

const packed = await pack()
await Promise.all([lint(packed), install(packed)])
await runBinary()
console.log(`${packed.length} packages, ${await runPrograms()} programs`)
