/** What an autostart entry says, for any system. */
export interface ServiceDetails {
  /** Absolute paths: a service has no PATH of the person's. */
  readonly node: string
  readonly program: string
  readonly dataFolder: string
}

function commandOf({ node, program, dataFolder }: ServiceDetails): string[] {
  return [node, program, "serve", "--data", dataFolder]
}

/** A systemd user unit. One that finds the folder in use by a guard's node tries again until that has ended by itself. */
export function systemdUnit(details: ServiceDetails): string {
  return `# Written by \`hufu service install\`; \`hufu service remove\` takes it away.
[Unit]
Description=Hufu node
StartLimitIntervalSec=0

[Service]
ExecStart=${commandOf(details).map(quoteSystemd).join(" ")}
Restart=on-failure
RestartSec=15
UMask=0077
StandardOutput=null
StandardError=journal

[Install]
WantedBy=default.target
`
}

// systemd.syntax(7): C escapes within double quotes; % and $ are expanded unless doubled.
function quoteSystemd(word: string): string {
  const escaped = word
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("%", "%%")
    .replaceAll("$", "$$$$")
  return `"${escaped}"`
}

/** A launchd agent. */
export function launchdAgent(details: ServiceDetails, label: string): string {
  const words = commandOf(details).map((word) => `    <string>${escapeXml(word)}</string>`)
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${escapeXml(label)}</string>
  <key>ProgramArguments</key>
  <array>
${words.join("\n")}
  </array>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ThrottleInterval</key>
  <integer>15</integer>
  <key>Umask</key>
  <integer>63</integer>
</dict>
</plist>
`
}

/** A task of the Windows Task Scheduler, at this user's logon. */
export function windowsTask(details: ServiceDetails, user: string): string {
  const [command = "", ...args] = commandOf(details)
  return `<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <Triggers>
    <LogonTrigger>
      <UserId>${escapeXml(user)}</UserId>
    </LogonTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <UserId>${escapeXml(user)}</UserId>
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <RestartOnFailure>
      <Interval>PT1M</Interval>
      <Count>255</Count>
    </RestartOnFailure>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>${escapeXml(command)}</Command>
      <Arguments>${escapeXml(args.map(quoteWindows).join(" "))}</Arguments>
    </Exec>
  </Actions>
</Task>
`
}

// As CommandLineToArgvW takes it apart: backslashes count only before a quote.
function quoteWindows(word: string): string {
  return `"${word.replaceAll(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, "$1$1")}"`
}

function escapeXml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
}
