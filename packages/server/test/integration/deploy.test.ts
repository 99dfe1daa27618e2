import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createServer, type AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import * as Yaml from "yaml"
import { render } from "../support/chart.ts"
import { type Command, startCommand, until } from "../support/processes.ts"
import { findProgram, isMissing, type Running, startPostgres, startRedis } from "../support/servers.ts"

const root = fileURLToPath(new URL("../../../../", import.meta.url))
const deploy = join(root, "deploy")
const read = (...path: ReadonlyArray<string>) => readFileSync(join(deploy, ...path), "utf8")
const bin = join(root, "packages/cli/src/bin.ts")
const run = promisify(execFile)

type Json = ReturnType<typeof JSON.parse>
const config: Json = Yaml.parse(read("config", "orelse.yaml"))
const compose: Json = Yaml.parse(read("compose.yaml"))
const docker = read("Dockerfile").replaceAll("\\\n", "")
const unit = read("systemd", "orelse.service")

/** `${NAME}`, `${NAME:-default}` and Compose's `${NAME:?why}`. */
const names = (text: string) => new Set([...text.matchAll(/\$\{(\w+)/g)].map(([, name]) => name ?? ""))
const defaultOf = (text: string) => /:-(.*)\}/.exec(text)?.[1] ?? ""

const instruction = (name: string) =>
  docker
    .split("\n")
    .findLast((line) => line.startsWith(`${name} `))
    ?.slice(name.length + 1) ?? ""

/** Every flag of the command line is one that the command has. */
const assertExists = async ([command = "", ...args]: ReadonlyArray<string>) => {
  const { stdout } = await run(process.execPath, ["--conditions=@orelse/source", bin, command, "--help"])
  assert.include(stdout, `orelse ${command}`)
  for (const flag of args.filter((arg) => arg.startsWith("--"))) assert.include(stdout, flag)
}

const freePort = async () => {
  const server = createServer().listen(0, "127.0.0.1")
  await new Promise((resolve) => server.once("listening", resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return String(port)
}

const seconds = (duration: string | number) => Number.parseFloat(String(duration))
const drain = seconds(defaultOf(config.server.drainTimeout))
const port = defaultOf(config.server.port)

const ready = async ({ url }: Command): Promise<Json> => (await fetch(`${url}/health/ready`)).json()
const call = (url: string, key: string) =>
  fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}` },
    body: JSON.stringify({ model: "demo", messages: [{ role: "user", content: "hi" }] })
  })

describe("what deploy/ holds", () => {
  const folder = mkdtempSync(join(tmpdir(), "orelse-deploy-"))
  let redis: Running | undefined
  let postgres: Running | undefined
  beforeAll(async () => {
    const found = await Promise.all([startRedis(), startPostgres()])
    if (!isMissing(found[0])) redis = found[0]
    if (!isMissing(found[1])) postgres = found[1]
  })
  afterAll(async () => {
    await Promise.all([redis?.[Symbol.asyncDispose](), postgres?.[Symbol.asyncDispose]()])
    rmSync(folder, { recursive: true })
  })

  it("starts with the configuration and the environment of compose.yaml, answers its health check, and ends in order", async () => {
    const { gateway } = compose.services
    for (const name of names(read("config", "orelse.yaml")))
      assert.isTrue(name in gateway.environment || name.startsWith("ORELSE_"), name)
    assert.deepStrictEqual(gateway.volumes[0], "./config:/etc/orelse:ro")
    assert.isAbove(seconds(gateway.stop_grace_period), drain)
    assert.strictEqual(gateway.ports[0], `127.0.0.1:${port}:${port}`)
    for (const name of Object.keys(gateway.depends_on)) assert.property(compose.services[name], "healthcheck")

    const own = await freePort()
    const env = {
      ORELSE_PORT: own,
      ORELSE_CONFIG: join(deploy, "config", "orelse.yaml"),
      ORELSE_CALLER_KEY: "key-of-a-caller",
      DATABASE_URL: postgres?.url ?? "postgres://127.0.0.1:1/none",
      REDIS_URL: redis?.url ?? "redis://127.0.0.1:1"
    }
    const started = await startCommand(gateway.command, folder, env)
    try {
      assert.strictEqual(new URL(started.url).port, own)
      await until(async () => (await ready(started)).status === "ready", "a ready gateway")
      if (redis !== undefined) assert.isTrue((await ready(started)).state.shared)
      if (postgres !== undefined) assert.isTrue((await ready(started)).ledger.healthy)
      assert.strictEqual((await call(started.url, "key-of-a-caller")).status, 200)
      assert.strictEqual((await call(started.url, "")).status, 401)
      await health(own)
      assert.strictEqual(await health(await freePort()).catch((error: Json) => error.code), 1)
    } finally {
      assert.strictEqual(await started.close(), 0)
    }
  }, 60_000)

  /** The image's own health check, as it is written. */
  const health = (port: string) => {
    const [, test = ""] = instruction("HEALTHCHECK").split("CMD ")
    const [, ...args] = JSON.parse(test) as ReadonlyArray<string>
    return run(process.execPath, args, { env: { ORELSE_PORT: port } })
  }

  it("builds an image without root from files that are there, with the pnpm of this checkout", async () => {
    assert.strictEqual(instruction("USER"), "1000:1000")
    assert.strictEqual(instruction("EXPOSE"), port)
    // No registry: whoever builds has one.
    for (const image of [
      /^ARG NODE=(.+)$/m.exec(docker)?.[1],
      ...Object.values<Json>(compose.services).map(({ image }) => image)
    ])
      assert.notInclude(image ?? "", "/")
    const manifest: Json = JSON.parse(readFileSync(join(root, "packages/cli/package.json"), "utf8"))
    assert.include(docker, `/app/${manifest.bin.orelse.replace("./", "")} /usr/local/bin/orelse`)
    const install = readFileSync(join(root, "scripts", "install.mjs"), "utf8")
    const pnpm = /pnpm@[\d.]+/.exec(install)?.[0] ?? "none"
    assert.include(docker, pnpm)
    const lets = read("Dockerfile.dockerignore")
      .split("\n")
      .filter((line) => line.startsWith("!"))
    for (const [, sources = ""] of docker.matchAll(/^COPY (?!--from)(.+) \S+$/gm))
      for (const source of sources.split(" ")) {
        assert.isTrue(existsSync(join(root, source)), source)
        assert.include(lets, `!${source}`)
      }
    assert.deepStrictEqual(JSON.parse(instruction("ENTRYPOINT")), ["orelse"])
    await assertExists(JSON.parse(instruction("CMD")))
    await assertExists(compose.services.gateway.command)
  })

  it("has a systemd unit whose commands exist, that reloads by SIGHUP and waits for the drain", async () => {
    const lines = [...unit.matchAll(/^ExecStart(?:Pre)?=\/usr\/bin\/orelse (.+)$/gm)].map(([, line = ""]) =>
      line.split(" ")
    )
    assert.deepStrictEqual(
      lines.map(([command]) => command),
      ["check", "serve"]
    )
    for (const line of lines) await assertExists(line)
    assert.match(unit, /^ExecReload=\/bin\/kill -HUP \$MAINPID$/m)
    assert.match(unit, /^KillMode=mixed$/m)
    assert.isAbove(seconds(/^TimeoutStopSec=(.+)$/m.exec(unit)?.[1] ?? ""), drain)
    const analyze = findProgram("systemd-analyze")
    if (analyze === undefined) return
    const file = join(folder, "orelse.service")
    // A program that is there stands for one that this machine has not installed.
    writeFileSync(file, unit.replaceAll("/usr/bin/orelse", process.execPath))
    const { stderr } = await run(analyze, ["verify", file])
    assert.notInclude(stderr, "orelse.service")
  })

  it("has a chart that mounts the same configuration, asks ports and paths that answer, and waits for the drain", async () => {
    const chart = join(deploy, "helm", "orelse")
    const { ConfigMap, Deployment, PodDisruptionBudget, Secret, Service, ...more } = kinds(render(chart))
    assert.deepStrictEqual(more, {})
    assert.strictEqual(ConfigMap.data["orelse.yaml"].trim(), read("config", "orelse.yaml").trim())
    assert.strictEqual(read("helm", "orelse", "files", "orelse.yaml"), read("config", "orelse.yaml"))
    const { metadata, spec } = Deployment.spec.template
    for (const selector of [
      Deployment.spec.selector.matchLabels,
      Service.spec.selector,
      PodDisruptionBudget.spec.selector.matchLabels
    ])
      assert.deepInclude(metadata.labels, selector)
    const [container] = spec.containers
    assert.strictEqual(spec.terminationGracePeriodSeconds, 5 + drain + 10)
    assert.deepStrictEqual(container.lifecycle.preStop.exec.command, ["sleep", "5"])
    assert.strictEqual(container.envFrom[0].secretRef.name, Secret.metadata.name)
    assert.strictEqual(spec.volumes[0].configMap.name, ConfigMap.metadata.name)
    assert.deepStrictEqual(container.volumeMounts[0], { name: "config", mountPath: "/etc/orelse", readOnly: true })
    assert.strictEqual(Service.spec.ports[0].targetPort, container.ports[0].name)
    await assertExists(container.args)

    const env: Record<string, string> = { ...Secret.stringData }
    for (const { name, value } of container.env) env[name] = value
    assert.strictEqual(env["ORELSE_DRAIN"], `${drain}s`)
    assert.strictEqual(env["ORELSE_PORT"], String(container.ports[0].containerPort))
    assert.strictEqual(env["ORELSE_CONFIG"], "/etc/orelse/orelse.yaml")
    for (const name of names(ConfigMap.data["orelse.yaml"]))
      if (name !== "OTEL_EXPORTER_OTLP_ENDPOINT") assert.property(env, name)

    const file = join(folder, "of-the-chart.yaml")
    writeFileSync(file, ConfigMap.data["orelse.yaml"])
    const started = await startCommand(container.args, folder, {
      ...env,
      ORELSE_PORT: await freePort(),
      ORELSE_CONFIG: file
    })
    try {
      for (const probe of ["startupProbe", "readinessProbe", "livenessProbe"]) {
        assert.strictEqual(container[probe].httpGet.port, container.ports[0].name)
        assert.strictEqual((await fetch(started.url + container[probe].httpGet.path)).status, 200, probe)
      }
      assert.strictEqual((await fetch(started.url + metadata.annotations["prometheus.io/path"])).status, 200)
      // Without any variable it is closed.
      assert.strictEqual((await call(started.url, "")).status, 401)
    } finally {
      assert.strictEqual(await started.close(), 0)
    }
  }, 60_000)

  it("has a chart whose values do what they say, and that Helm renders alike where it is installed", async () => {
    const chart = join(deploy, "helm", "orelse")
    const values = {
      existingSecret: "of-mine",
      config: "routes: { a: { try: [demo/echo] } }\n",
      workers: 4,
      minAvailable: 0,
      drainSeconds: 60,
      image: { repository: "mine/orelse", tag: "1" },
      env: { TEAM: "a b", LIMIT: "5" },
      autoscaling: { enabled: true },
      nodeSelector: { disk: "fast" },
      tolerations: [{ key: "gpu", operator: "Exists" }]
    }
    const { ConfigMap, Deployment, HorizontalPodAutoscaler, Service, ...more } = kinds(render(chart, values))
    assert.deepStrictEqual(more, {})
    assert.strictEqual(ConfigMap.data["orelse.yaml"].trim(), values.config.trim())
    assert.notProperty(Deployment.spec, "replicas")
    assert.strictEqual(HorizontalPodAutoscaler.spec.scaleTargetRef.name, Deployment.metadata.name)
    const { spec } = Deployment.spec.template
    const [container] = spec.containers
    assert.strictEqual(container.image, "mine/orelse:1")
    assert.deepStrictEqual(container.args, ["serve", "--workers", "4"])
    await assertExists(container.args)
    assert.strictEqual(container.envFrom[0].secretRef.name, "of-mine")
    assert.deepInclude(container.env, { name: "TEAM", value: "a b" })
    assert.deepInclude(container.env, { name: "ORELSE_DRAIN", value: "60s" })
    assert.strictEqual(spec.terminationGracePeriodSeconds, 75)
    assert.deepStrictEqual([spec.nodeSelector, spec.tolerations], [values.nodeSelector, values.tolerations])
    assert.strictEqual(Service.kind, "Service")

    const helm = findProgram("helm")
    if (helm === undefined) return
    const file = join(folder, "values.yaml")
    for (const changes of [{}, values]) {
      writeFileSync(file, Yaml.stringify(changes))
      const { stdout } = await run(helm, ["template", "test", chart, "--values", file])
      const documents = stdout.split(/^---$/m).filter((text) => /^kind:/m.test(text))
      const told = kinds(new Map(documents.map((text, index) => [String(index), text])))
      assert.deepStrictEqual(withoutChecksum(told), withoutChecksum(kinds(render(chart, changes))))
    }
  })
})

/** What was rendered, by its kind. */
const kinds = (files: ReadonlyMap<string, string>): Json =>
  Object.fromEntries(
    [...files.values()]
      .map((text): Json => Yaml.parse(text))
      .filter((one) => one !== null)
      .map((one) => [one.kind, one])
  )

/** Helm writes lists of YAML in another way than we do, and hashes that. */
const withoutChecksum = (documents: Json): Json => {
  delete documents.Deployment.spec.template.metadata.annotations["checksum/secrets"]
  return documents
}
