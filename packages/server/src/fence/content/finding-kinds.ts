/** What a finding is about, in the order in which pages list it. */
export const findingGroups = {
  injection: { en: "prompt injection", zh: "提示注入" },
  hidden: { en: "hidden characters", zh: "隐藏字符" },
  secret: { en: "secrets", zh: "密钥与口令" },
  personal: { en: "personal information", zh: "个人信息" },
  risk: { en: "content risks", zh: "内容风险" },
  label: { en: "AI-content labels", zh: "人工智能生成合成内容标识" },
} as const

export type FindingGroup = keyof typeof findingGroups

interface KindOfFinding {
  readonly group: FindingGroup
  readonly en: string
  readonly zh: string
}

function kind(group: FindingGroup, en: string, zh: string): KindOfFinding {
  return { group, en, zh }
}

/** Every kind of finding with its names; an id is never renamed or reused, because rules key on it. */
export const findingKinds = {
  prompt_injection: kind("injection", "instruction to the agent", "对智能体的指令"),

  invisible_character: kind("hidden", "invisible character", "不可见字符"),
  bidirectional_control: kind("hidden", "bidirectional control", "双向文字控制符"),
  tag_characters: kind("hidden", "text in tag characters", "标签字符中的文字"),
  variation_data: kind("hidden", "data in variation selectors", "变体选择符中的数据"),
  control_character: kind("hidden", "control character", "控制字符"),
  mixed_script: kind("hidden", "look-alike letters in a word", "词中的形近字母"),

  cloud_key: kind("secret", "cloud access key", "云访问密钥"),
  ai_service_key: kind("secret", "AI service key", "人工智能服务密钥"),
  code_host_token: kind("secret", "code host or registry token", "代码托管或软件源令牌"),
  messaging_token: kind("secret", "messaging token or hook", "消息服务令牌或回调地址"),
  payment_key: kind("secret", "payment service key", "支付服务密钥"),
  service_token: kind("secret", "token of another service", "其他服务令牌"),
  private_key: kind("secret", "private key", "私钥"),
  signed_token: kind("secret", "signed token (JWT)", "签名令牌（JWT）"),
  url_password: kind("secret", "password in a URL", "网址中的口令"),
  assigned_secret: kind("secret", "password or key in an assignment", "赋值中的口令或密钥"),
  authorization_header: kind("secret", "authorization header", "授权请求头"),

  cn_resident_id: kind("personal", "Chinese resident identity number", "居民身份号码"),
  cn_uscc: kind("personal", "Chinese unified social credit identifier", "统一社会信用代码"),
  cn_bank_card: kind("personal", "Chinese bank card number", "银行卡号"),
  cn_mobile: kind("personal", "Chinese mobile number", "手机号码"),
  cn_landline: kind("personal", "Chinese landline number", "固定电话号码"),
  cn_plate: kind("personal", "Chinese number plate", "机动车号牌"),
  cn_passport: kind("personal", "Chinese passport number", "护照号码"),
  hk_id: kind("personal", "Hong Kong identity card number", "香港身份证号码"),
  tw_id: kind("personal", "Taiwan identity card number", "台湾身份证号码"),
  email_address: kind("personal", "e-mail address", "电子邮箱地址"),
  phone_number: kind("personal", "phone number", "电话号码"),
  payment_card: kind("personal", "payment card number", "支付卡号"),
  iban: kind("personal", "bank account number (IBAN)", "国际银行账号（IBAN）"),
  ip_address: kind("personal", "IP address", "IP 地址"),
  us_ssn: kind("personal", "US social security number", "美国社会安全号码"),
  kr_resident_id: kind("personal", "Korean resident registration number", "韩国居民登记号码"),
  in_aadhaar: kind("personal", "Indian Aadhaar number", "印度 Aadhaar 号码"),
  br_cpf: kind("personal", "Brazilian CPF number", "巴西 CPF 号码"),
  es_id: kind("personal", "Spanish DNI or NIE number", "西班牙 DNI 或 NIE 号码"),

  risk_subversion: kind("risk", "subversion of state power", "煽动颠覆国家政权、推翻社会主义制度"),
  risk_national_security: kind(
    "risk",
    "harm to national security and interests",
    "危害国家安全和利益、损害国家形象",
  ),
  risk_separatism: kind("risk", "separatism", "煽动分裂国家、破坏国家统一和社会稳定"),
  risk_terrorism: kind("risk", "terrorism and extremism", "宣扬恐怖主义、极端主义"),
  risk_ethnic_hatred: kind("risk", "ethnic hatred", "宣扬民族仇恨"),
  risk_violence: kind("risk", "violence", "宣扬暴力"),
  risk_obscenity: kind("risk", "obscenity", "宣扬淫秽色情"),
  risk_false_information: kind("risk", "false and harmful information", "传播虚假有害信息"),
  risk_illegal_goods: kind(
    "risk",
    "drugs, weapons, gambling and other crimes",
    "毒品、武器、赌博等其他法律法规禁止的内容",
  ),
  risk_discrimination: kind("risk", "discrimination", "歧视性内容"),
  risk_intellectual_property: kind("risk", "infringement of intellectual property", "侵犯知识产权"),
  risk_unfair_business: kind("risk", "unfair or unethical business", "违反商业道德、垄断和不正当竞争"),
  risk_trade_secret: kind("risk", "disclosure of trade secrets", "泄露商业秘密"),
  risk_self_harm: kind("risk", "harm to body and mind", "侵害身心健康"),
  risk_reputation: kind(
    "risk",
    "infringement of portrait, reputation and honour",
    "侵犯肖像权、名誉权、荣誉权",
  ),
  risk_privacy: kind("risk", "infringement of privacy and personal information", "侵犯隐私权和个人信息权益"),
  risk_automated_attack: kind("risk", "automated attacks", "自动化攻击"),
  risk_fraud: kind("risk", "Internet fraud", "网络诈骗"),
  risk_dependence: kind("risk", "addiction and emotional dependence", "沉迷与情感依赖"),

  ai_label_metadata: kind(
    "label",
    "AI-content label in metadata (GB 45438)",
    "元数据中的生成合成内容标识（GB 45438）",
  ),
  ai_label_visible: kind("label", "visible AI-content label", "显式生成合成内容标识"),
} as const satisfies Readonly<Record<string, KindOfFinding>>

export type FindingKind = keyof typeof findingKinds
