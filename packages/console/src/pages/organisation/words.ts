import { bilingual } from "../../words/bilingual.ts"

/** What an organisation reads that manages its own registrations. */
export const organisationWords = bilingual(
  {
    title: "Your organisation",
    under:
      "For whoever answers for agents that are registered here. It manages your own registrations and nothing else of this node.",
    signIn: "Sign in",
    where:
      "Choose where your organisation signs in. You are led to its page and back here; this registry sees no password.",
    nowhere: {
      title: "Organisations cannot sign in here yet",
      what: "The operator of this registry names their issuers (OpenID Connect) as `registry.signIn` in the configuration.",
    },
    finishing: "Signing in …",
    ended: "Your sign-in has ended. What you saved is kept: sign in again to go on.",
    refused: {
      title: "You are not signed in",
      reasons: {
        "begun-elsewhere":
          "This sign-in did not begin in this tab, was used already, or took more than ten minutes. Begin again, and stay in this tab.",
        address:
          "Your issuer led back to another address than this registry's. Its operator has to correct that at the issuer.",
        answer:
          "What the issuer answered does not hold: it was changed on its way, was for somebody else, or the issuer and this registry are set up differently. Begin again; if it stays, tell the operator of this registry.",
        nobody: "The issuer does not say who came. Its administrator has to allow that for this registry.",
        issuer: "The issuer let nobody in. Begin again; if it stays, ask its administrator.",
      },
      issuerErrors: {
        access_denied:
          "You said no at the issuer, or it does not let your account in here. Its administrator knows which.",
        login_required: "The issuer wants you to sign in there first. Begin again.",
        interaction_required:
          "The issuer wants something of you first. Begin again, and answer what it asks.",
        consent_required: "The issuer wants your consent first. Begin again, and answer what it asks.",
        account_selection_required: "The issuer wants you to choose an account. Begin again.",
        temporarily_unavailable: "The issuer is busy or under maintenance. Try again in some minutes.",
        server_error: "Something went wrong at the issuer. Try again in some minutes.",
        unauthorized_client:
          "The issuer does not know this registry, or lets nobody in for it. Its operator has to register it there.",
        invalid_request:
          "The issuer does not understand what this registry asks. Tell the operator of this registry.",
        invalid_scope:
          "The issuer does not give out the name that this registry asks for. Tell the operator of this registry.",
        unsupported_response_type:
          "The issuer does not sign in by codes, which is all that this registry takes.",
      },
      says: "The issuer says",
      unreachable:
        "The issuer does not answer. Try again in some minutes; if it stays, tell the operator of this registry.",
    },
    until: (clock: string) => `Signed in until ${clock}`,
    signOut: "Sign out",
    registrations: "Your registrations",
    register: "Register an agent",
    none: {
      title: "You have registered nothing yet",
      what: "Write a draft, prove the domain that is in its name, and ask for its review.",
    },
    toAll: "To all of yours",
    first: "These are your first 100.",
  },
  {
    title: "您的机构",
    under: "供对此处所登记智能体负责的机构使用。仅管理贵机构自己的登记，不涉及本节点的任何其他内容。",
    signIn: "登录",
    where: "请选择贵机构的登录方。您将前往其页面并返回此处；本登记平台看不到密码。",
    nowhere: {
      title: "此处尚不支持机构登录",
      what: "本登记平台的运营者须在配置的 `registry.signIn` 中列出机构的登录方（OpenID Connect）。",
    },
    finishing: "正在登录……",
    ended: "登录已结束。已保存的内容仍在：请重新登录后继续。",
    refused: {
      title: "未能登录",
      reasons: {
        "begun-elsewhere":
          "此次登录不是在本标签页开始的、已被使用，或超过十分钟。请重新开始，并留在本标签页。",
        address: "登录方返回到了本登记平台以外的地址，须由运营者在登录方处更正。",
        answer:
          "登录方的答复不成立：途中被改动、给的是他人，或登录方与本登记平台的设置不一致。请重新开始；若仍如此，请告知本登记平台的运营者。",
        nobody: "登录方未说明来者是谁，须由其管理员为本登记平台放行。",
        issuer: "登录方未予放行。请重新开始；若仍如此，请询问其管理员。",
      },
      issuerErrors: {
        access_denied: "您在登录方处选择了拒绝，或它不允许您的账户登录此处。其管理员知道是哪一种。",
        login_required: "登录方要求您先在其处登录。请重新开始。",
        interaction_required: "登录方需要您先作答。请重新开始，并按其要求操作。",
        consent_required: "登录方需要您先表示同意。请重新开始，并按其要求操作。",
        account_selection_required: "登录方需要您选择账户。请重新开始。",
        temporarily_unavailable: "登录方繁忙或正在维护。请过几分钟再试。",
        server_error: "登录方处出错。请过几分钟再试。",
        unauthorized_client: "登录方不认识本登记平台，或不为其放行。须由运营者在登录方处注册。",
        invalid_request: "登录方无法理解本登记平台的请求。请告知本登记平台的运营者。",
        invalid_scope: "登录方不提供本登记平台所需的名称。请告知本登记平台的运营者。",
        unsupported_response_type: "登录方不支持授权码方式，而本登记平台只接受这种方式。",
      },
      says: "登录方的说明",
      unreachable: "登录方没有应答。请过几分钟再试；若仍如此，请告知本登记平台的运营者。",
    },
    until: (clock: string) => `登录有效至 ${clock}`,
    signOut: "退出登录",
    registrations: "您的登记",
    register: "登记智能体",
    none: { title: "您还没有登记", what: "请撰写草稿，证明其名称中的域名，并提交审核。" },
    toAll: "返回您的全部登记",
    first: "仅显示前 100 份。",
  },
)
