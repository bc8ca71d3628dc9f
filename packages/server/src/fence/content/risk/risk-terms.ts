import type { FindingKind } from "../finding-kinds.ts"

/**
 * What is asked for or spread, by the categories of the policy and of the basic requirements for generative AI; the
 * division into categories is from a secondary source. A term alone is a mention: news, law and history have it too.
 */
export const riskTerms: readonly (readonly [FindingKind, string])[] = [
  [
    "risk_subversion",
    "颠覆国家政权|推翻政府|推翻社会主义|推翻国家|颠覆政权|煽动叛乱|煽动颠覆|overthrow the government|overthrow the state|incite rebellion|armed uprising|coup",
  ],
  [
    "risk_national_security",
    "泄露国家机密|国家秘密|国家机密|军事机密|间谍|窃取情报|危害国家安全|损害国家形象|国家领导人|state secret*|classified document*|military secret*|espionage|spy for",
  ],
  [
    "risk_separatism",
    "分裂国家|独立运动|台独|藏独|疆独|港独|破坏国家统一|社会动乱|煽动暴乱|separatis*|secession|split the country|incite riots|incite a riot",
  ],
  [
    "risk_terrorism",
    "恐怖主义|恐怖袭击|恐怖组织|极端主义|圣战|自杀式袭击|人体炸弹|terrorist*|terrorism|terror attack*|extremis*|suicide bombing|jihadist*",
  ],
  [
    "risk_ethnic_hatred",
    "民族仇恨|种族灭绝|种族清洗|排斥少数民族|ethnic cleansing|genocide|ethnic hatred|race war",
  ],
  [
    "risk_violence",
    "杀人|谋杀|杀死|杀害|砍人|虐杀|殴打|打死|纵火|点燃某人|绑架|酷刑|暴力行为|伤害他人|投毒|murder*|kill someone|kill people|kill my|kill a person|kidnap*|torture someone|arson|set fire to|stab someone|poison someone|beat up|mass shooting",
  ],
  [
    "risk_obscenity",
    "色情|淫秽|裸照|黄片|成人视频|卖淫|嫖娼|儿童色情|性侵|强奸|偷拍裙底|porn*|child porn*|explicit sex*|prostitut*|nude photo*|nude picture*|rape|sexual abuse|erotic",
  ],
  [
    "risk_false_information",
    "虚假信息|假新闻|谣言|散布谣言|虚假消息|伪科学|阴谋论|疫苗是有害|疫苗有害|造谣|深度伪造|虚假视频|fake news|disinformation|misinformation|conspiracy theor*|deepfake*|spread rumors|spread a rumor|hoax",
  ],
  [
    "risk_illegal_goods",
    "毒品|冰毒|海洛因|大麻|可卡因|摇头丸|枪支|弹药|炸弹|爆炸物|炸药|赌博|赌场|走私|假币|假钞|伪造货币|伪造证件|假身份证|假护照|办假证|人口贩卖|贩卖人口|器官买卖|指纹以躲避|躲避警察|逃避警察|偷窃|盗窃|抢劫|偷走|偷东西|入室|洗钱|逃税|偷税|bomb*|explosive*|meth|methamphetamine|heroin|cocaine|illegal drug*|firearm*|ghost gun*|untraceable gun*|illegal gambling|smuggl*|counterfeit*|fake id|fake passport*|forge documents|human traffick*|launder money|money laundering|evade tax*|tax evasion|shoplift*|rob a|burglar*|steal a car|stolen goods|evade the police|silencer*",
  ],
  [
    "risk_discrimination",
    "歧视|低人一等|劣等民族|低劣|种族优越|重男轻女|地域黑|残疾人都|女人就应该|女性不适合|犯罪率更高|道德观念低下|智商低|老年人没用|同性恋是病|racist|racial slur*|white supremacy|inferior race*|women are inferior|sexist joke*|homophobic|antisemit*|islamophob*|less intelligent than",
  ],
  [
    "risk_intellectual_property",
    "盗版|侵犯版权|受版权保护|非法下载|破解软件|破解版|侵犯专利|侵犯商标|侵犯知识产权|抄袭|剽窃|仿冒|山寨|绕过版权|注册机|序列号生成|pirated|piracy|crack software|keygen|copyright infring*|copyrighted material*|plagiari*|bypass drm|remove watermark*|knockoff*|torrent site*",
  ],
  [
    "risk_unfair_business",
    "垄断|操纵市场|操纵价格|操纵股价|操纵搜索|排挤竞争对手|不正当竞争|恶意竞争|串通投标|围标|虚假宣传|刷单|刷好评|虚假评论|内幕交易|诋毁竞争|商业贿赂|行贿|回扣|price fixing|fix prices|bid rigging|insider trading|fake review*|false advertising|market manipulation|pump and dump|kickback*|bribe*|sabotage a competitor|defame a competitor",
  ],
  [
    "risk_trade_secret",
    "商业秘密|商业机密|公司机密|窃取客户|客户名单|泄露公司|竞争对手的机密|trade secret*|confidential business|proprietary information|steal the source code|leak company",
  ],
  [
    "risk_self_harm",
    "自杀|自残|自伤|割腕|轻生|结束生命|过量服药|厌食|催吐|suicide|kill myself|self-harm|self harm|hurt myself|end my life|pro-ana|cut myself",
  ],
  [
    "risk_reputation",
    "诽谤|侮辱|名誉|诋毁|肖像权|虚假的人脸|换脸|抹黑|羞辱|造黄谣|人身攻击|丑化|defam*|slander*|libel*|face swap|humiliate|smear campaign|cyberbull*|bully someone",
  ],
  [
    "risk_privacy",
    "偷窥|偷拍|窃听|人肉搜索|个人隐私|跟踪他人|跟踪某人|身份盗窃|盗用身份|窃取个人信息|获取他人|他人的个人信息|他人隐私|通话记录|定位他人|监视|支票簿|doxx*|dox someone|stalk*|spy on|wiretap*|identity theft|steal personal|someone's private|private data of|hidden camera*|track someone|home address of",
  ],
  [
    "risk_automated_attack",
    "黑客|入侵|木马|勒索软件|病毒软件|恶意软件|恶意代码|ddos|拒绝服务|漏洞利用|撞库|暴力破解|钓鱼网站|钓鱼邮件|爬取|僵尸网络|键盘记录|sql注入|malware|ransomware|keylogger*|botnet*|ddos|denial of service|phishing|sql injection|zero-day|exploit code|brute force attack*|brute-force|rootkit*|trojan*|hack into|credential stuffing|computer virus",
  ],
  [
    "risk_fraud",
    "诈骗|骗取|骗钱|传销|庞氏骗局|集资诈骗|套现|冒充|虚假投资|杀猪盘|假冒客服|虚假失业|骗保|骗局|信用卡欺诈|scam*|fraud*|ponzi|pyramid scheme*|phony charity|impersonat*|romance scam*|advance fee|fake charity|fake invoice*|con people|trick people into",
  ],
  [
    "risk_dependence",
    "只有我懂你|不要和别人说话|离不开我|没有我你|你只需要我|不需要朋友|only i understand you|you don't need anyone else|you only need me|never leave me|don't talk to your friends",
  ],
]

/** Words that ask how, make or spread: what turns a mention into a request. */
export const seekingTerms: string =
  "如何|怎样|怎么|怎么样才能|方法|办法|步骤|教程|教我|教程|指南|配方|制作|制造|购买|哪里可以|哪里能|在哪里买|最好的方式|策略|技巧|帮我|写一|编写|撰写|生成|设计一个|鼓吹|宣扬|煽动|鼓励|而不被|不被发现|不被抓|算法可以|设立|实施|开展|获取|成功地|" +
  "how to|how do i|how can i|how would i|how could i|ways to|way to|steps to|step by step|step-by-step|guide to|tutorial*|recipe for|instructions for|teach me|help me|write a|create a|make a|build a|where can i buy|where to buy|best way|plan to|plan for|give me|tell me how|without getting caught|without being caught|undetected|convince people|persuade people|encourage*|promote*"

/** What is said of a risk by those who prevent, report or study it. */
export const preventingTerms: string =
  "防范|防止|预防|避免|打击|抵制|举报|治理|保护|防护|识别|判断|法律规定|处罚|判刑|历史|新闻|危害|应对|援助|热线|帮助受害|干预|检测|为什么不能|是否违法|违法吗|合法|" +
  "prevent*|protect*|avoid*|detect*|defend*|report a|victim*|awareness|law against|illegal to|penalt*|history of|hotline|support for|recover from|block*|monitor*|mitigat*|security team|identify*"
