/**
 * What instructions to an agent are made of, in the words of many languages. A concept alone means little; which
 * follows which within a few words is what the model weighs, so that one language teaches it the others.
 * A `*` at the end of a word lets it go on; a `¦` stands for the bar itself.
 */
export const concepts = {
  override: `ignore|ignoring|disregard|disregarding|forget|forget about|override|overrule|bypass|neglect|discard|nullify|
    do not follow|don't follow|stop following|do not obey|pay no attention|set aside|put aside|leave behind|throw away|let go of|erase|clear|abandon|never mind|
    ignorier*|vergiss|vergessen sie|missachte*|uberspring*|lass*|ignorez|ignore les|oubliez|oublie|ne tenez pas compte|ne tiens pas compte|faites abstraction|
    ignora|ignore las|ignoren|ignorad|olvida|olvide|olvidate|olviden|omite|haz caso omiso|descarta|ignore as|ignore todas|esqueca|esquece|desconsidere|desconsidera|
    dimentica|dimenticate|ignorate|trascura|игнорируй*|забудь*|проигнорируй*|не обращай внимания|отбрось|пренебреги|ignoruj|zapomnij|zignoruj|negeer|vergeet|
    yok say|goz ardi et|unut|gormezden gel|bo qua|hay quen|abaikan|lupakan|تجاهل|تجاهلي|انس|انسى|لا تتبع|अनदेखा|नजरअंदाज|नज़रअंदाज़|भूल जा*|उपेक्षा|เพิกเฉย|ละเว้น|ลืม|
    忽略|忽视|无视|忘记|忘掉|忘了|不要理会|不用理会|不要管|别管|不必遵守|不再遵守|不要遵守|不遵循|不要遵循|抛开|撇开|放弃|绕过|跳过|覆盖|推翻|清除|舍弃|
    無視|忘れ|忘れて|従わない|従うな|무시|잊어|잊고|따르지`,
  prior: `previous|previously|prior|preceding|earlier|above|before this|before that|so far|until now|up to now|all the|all your|all of your|any|everything|all|former|existing|original|initial|old|given to you|you were given|you have been told|you got before|said before|i said|i told you|told you|provided before|
    vorherig*|bisherig*|vorangegang*|obig*|fruher*|zuvor|davor|alle*|alles|precedent*|anterieur*|ci-dessus|toutes les|tous les|tout ce qui|avant|
    anterior*|previa*|previo*|todas las|todos los|todo lo|todo|arriba|antes|todas as|todos os|tudo|acima|precedent*|sopra|tutte le|tutto|quanto|
    предыдущ*|прежн*|все|выше|ранее|прошл*|poprzedni*|wczesniej*|wszystk*|vorige|eerdere|bovenstaande|onceki|yukaridaki|tum|truoc|tren|sebelumnya|di atas|semua|
    السابقة|السابق|أعلاه|جميع|كل|पिछल*|पहले|उपरोक्त|सभी|ก่อนหน้า|ข้างต้น|ทั้งหมด|
    之前|此前|先前|以前|以上|上述|上面|前面|刚才|原来|原有|原本|所有|全部|一切|任何|既有|
    以前の|これまで|上記|今まで|前の|すべて|全て|이전|앞의|위의|모든|지금까지`,
  rules: `instruction*|prompt|prompts|rule|rules|directive*|guideline*|command|commands|order|orders|context|policy|policies|restriction*|constraint*|programming|training|assignment*|safeguard*|safety|filters|filter|limitation*|protocol|protocols|what you were told|
    anweisung*|instruktion*|befehl*|vorgab*|regel*|richtlinie*|aufgabe*|informationen|consigne*|instructions|regles|directives|ordres|
    instruccion*|indicacion*|reglas|ordenes|directrices|instruc*|regras|ordens|diretrizes|istruzion*|regole|direttive|comandi|
    инструкци*|указани*|правил*|команд*|директив*|ограничени*|instrukcj*|polecen*|zasad*|instructies|regels|opdracht*|talimat*|kural*|huong dan|chi dan|quy tac|lenh|instruksi|perintah|aturan|
    التعليمات|تعليمات|الأوامر|القواعد|अनुदेश*|निर्देश*|नियम*|आदेश*|คำสั่ง|คำแนะนำ|กฎ|
    指令|指示|规则|提示词|提示|命令|要求|设定|约束|限制|准则|说明|上下文|规定|安全策略|政策|对话内容|
    指示|命令|ルール|規則|プロンプト|制約|制限|지시|지침|명령|규칙|프롬프트|제한`,
  assistant: `assistant|ai assistant|ai model|ai agent|ai|a.i.|language model|llm|large language model|chatgpt|gpt|gpt-4|gpt-3|claude|gemini|llama|bard|copilot|chatbot|bot|openai|anthropic|agent|ki|ia|ии|bing|deepseek|qwen|
    ki-assistent|sprachmodell|asistente|assistente|ассистент|модель|المساعد|सहायक|人工智能|智能体|语言模型|大模型|助手|助理|机器人|人工知能|アシスタント|モデル|인공지능|어시스턴트|챗봇`,
  become: `you are now|you're now|you are going to act|you will act|act as|acting as|pretend|pretending|from now on|starting now|role play|roleplay|role-play|you will be|imagine you are|imagine you're|simulate|take on the role|play the role|assume the role|your new name is|you are no longer|behave as|behave like|speak like|talk like|answer as|respond as|be my|i want you to act|immerse yourself|you are a|you are an|your name is|take on the persona|stay in character|in character|persona|switch to|enter|
    du bist jetzt|du bist|agiere als|tu so|ab jetzt|von nun an|verhalte dich|spiele die rolle|handle als|tu es maintenant|agis comme|fais semblant|desormais|a partir de maintenant|vous etes maintenant|joue le role|
    eres ahora|ahora eres|actua como|finge|a partir de ahora|haz de|compórtate como|voce e agora|agora voce|aja como|finja|a partir de agora|sei ora|ora sei|comportati come|fingi|d'ora in poi|agisci come|
    ты теперь|теперь ты|действуй как|притворись|представь|с этого момента|отныне|веди себя|jestes teraz|udawaj|zachowuj sie|je bent nu|doe alsof|vanaf nu|artik sen|gibi davran|hay dong vai|berpura-pura|bertindak sebagai|
    أنت الآن|تصرف ك*|تظاهر|من الآن|अब आप|तुम अब|के रूप में कार्य|अभिनय|คุณคือ|แสร้งทำ|ทำหน้าที่เป็น|
    你现在是|你是一个|你是一名|你将是|你将扮演|扮演|充当|假装|假设你是|假如你是|想象你是|模拟|从现在开始|从现在起|接下来你|你的新名字|你不再是|化身|角色|角色扮演|进入模式|作为一个|请以|
    あなたは今|として振る舞|ふりをして|演じて|これから|今から|너는 이제|당신은 이제|역할을|척해|지금부터|행동해`,
  unbound: `no restrictions|without restrictions|unrestricted|no restriction|uncensored|unfiltered|no filter|amoral|immoral|unethical|without limits|no limits|no limitations|without any|do anything now|dan|jailbreak*|jailbroken|developer mode|dev mode|god mode|illegal|no moral*|no ethic*|ethical or moral|moral or ethical|break free|broken free|free from|freed from|not bound|unbound|no rules|has no|doesn't care|do not care|evil|nsfw|unlimited|no longer bound|opposite mode|dark|ethics|morals|morality|legality|openai policy|content policy|content policies|
    keine einschrankungen|ohne einschrankungen|sans restriction*|sans limite*|sin restricciones|sin limites|sem restricoes|sem limites|senza restrizioni|без ограничений|bez ogranicze*|kisitlama olmadan|بدون قيود|बिना किसी प्रतिबंध|ไม่มีข้อจำกัด|
    不受限制|没有限制|无限制|不受约束|没有任何限制|没有道德|不受道德|无视道德|越狱|开发者模式|上帝模式|不受法律|没有法律|道德约束|伦理|不用考虑道德|不考虑|突破限制|解除限制|邪恶|任何事|无拘无束|摆脱|
    制限なし|検閲なし|脱獄|倫理|제한 없이|탈옥|검열|윤리`,
  reveal: `reveal|show|print|repeat|output|display|tell me|share|disclose|give me|leak|dump|expose|list|summarize|spell|recite|write out|state|what is|what's|what are|what were|what was|how were you|could you tell|can you tell|return|read me|echo|provide|extract|console.log|
    zeig*|gib mir|nenne|verrate|wiederhol*|drucke|was ist|wie lautet|montre*|affiche*|donne-moi|donnez-moi|revele*|repete*|quel est|quelle est|quels sont|dis-moi|dites-moi|
    muestra*|muestrame|dime|revela*|repite*|imprime|dame|cual es|cuales son|cual era|mostre|mostra*|diga*|revele|repita|qual e|quais sao|me diga|mostrami|dimmi|rivela|ripeti|stampa|qual e|
    покажи*|раскрой*|повтори*|выведи|скажи*|назови|какой|каков*|сообщи|pokaz|powiedz|ujawnij|podaj|jaki jest|jakie jest|toon|vertel|herhaal|wat is|goster|soyle|nedir|tekrarla|cho toi|tiet lo|la gi|tunjukkan|beritahu|apa|
    أخبرني|اكشف|أظهر|كرر|ما هو|ما هي|बता*|दिखा*|प्रकट|दोहरा*|क्या है|บอก|แสดง|เปิดเผย|คืออะไร|
    告诉我|显示|输出|打印|透露|泄露|重复|复述|展示|列出|给我|说出|公开|是什么|告诉|写出|念出|
    教えて|見せて|表示|出力|繰り返|明かし|何ですか|알려|보여|출력|반복|공개|무엇`,
  systemPrompt: `system prompt|system prompts|systemprompt|initial prompt|initial instructions|original instructions|your instructions|your prompt|prompt text|system message|developer message|hidden instructions|hidden prompt|secret instructions|your rules|your guidelines|system instructions|system configuration|base prompt|preprompt|pre-prompt|the text above|text above|entire conversation|this conversation|conversation started|instructions above|above text|above instructions|beginning of this conversation|starting prompt|your programming|your configuration|first message|
    systemprompt|prompt systeme|instructions initiales|instructions systeme|prompt del sistema|instrucciones iniciales|instrucciones originales|instrucciones del sistema|prompt do sistema|instrucoes iniciais|prompt di sistema|istruzioni iniziali|
    системн* промпт|системную инструкц*|начальные инструкции|systemowy prompt|instrukcje systemowe|sistem istemi|system prompt|موجه النظام|सिस्टम प्रॉम्प्ट|ข้อความระบบ|
    系统提示词|系统提示|系统指令|系统消息|初始提示|初始指令|初始设定|你的提示词|你的指令|原始指令|隐藏指令|你的设定|开场白|上面的内容|以上内容|对话开头|
    システムプロンプト|初期指示|初期プロンプト|最初の指示|시스템 프롬프트|초기 지시|시스템 메시지`,
  secret: `password|passwords|passcode|secret|secrets|secret key|secret code|key|keys|credential*|api key|access code|pin|passphrase|confidential|private information|personal data|pii|ssn|social security|credit card|birth date|date of birth|address|phone number|token|tokens|classified|
    passwort|kennwort|geheim*|schlussel|mot de passe|secret|cle|code secret|contrasena|secreto|clave|codigo secreto|senha|segredo|chave|parola d'ordine|segreto|chiave|parola|
    пароль|секрет*|ключ*|код|haslo|sekret*|klucz*|wachtwoord|geheim|sifre*|parola|gizli|mat khau|bi mat|kata sandi|rahasia|sandi|
    كلمة المرور|كلمة السر|السر|المفتاح|पासवर्ड|गुप्त|रहस्य|कुंजी|รหัสผ่าน|ความลับ|รหัส|
    密码|口令|密钥|秘钥|秘密|机密|暗号|凭证|隐私|身份证|银行卡|パスワード|秘密|鍵|合言葉|비밀번호|비밀|암호|키`,
  authority: `admin|administrator|administrators|developer|developers|root|sudo|maintainer|debug mode|debug|maintenance mode|system mode|system administrator|authorized|authorised|supervisor|boss|your creator|creator|i created you|your owner|override code|superuser|security team|i am your|i'm your|as your|permission|privileged|verified|official|approved|
    administrador|administrateur|amministratore|entwickler|desarrollador|developpeur|vorgesetzter|chef|jefe|администратор|разработчик|начальник|создател*|yonetici|gelistirici|
    管理员|开发者|系统管理员|开发人员|维护|调试模式|维护模式|你的主人|上级|老板|领导|授权|最高权限|权限|管理者|開発者|上司|관리자|개발자|상사`,
  markup: `<system|</system|<information|</information|<instruction|</instruction|<important|</important|<user|</user|<admin|<prompt|</prompt|[inst]|[/inst]|<<sys>>|<</sys>>|<¦im_start¦>|<¦im_end¦>|<¦system|<¦user|<¦endoftext|### instruction|### system|### user|### response|system:|[system|[end|[begin|[start|begin system|begin instruction|end of document|end of prompt|end of context|end of email|end of message|end of data|end of text|---end|--- end|=== end|system override|system mode|system note|system alert|new system|user:|human:|assistant:|[admin|{system|#system|# system|</tool|<tool|</result|</data|</document|<function|human>|
    系统：|系统:|【系统|[系统|用户：|用户:|助手：|文档结束|以上内容结束|邮件结束|【指令|[指令|【重要|【管理员`,
  urgent: `important|important!!!|urgent|urgently|immediately|attention|warning|critical|must|emergency|mandatory|right now|at once|stop|asap|achtung|stopp|wichtig|dringend|sofort|urgente|inmediatamente|importante|imediatamente|subito|urgent|immediatement|срочно|важно|немедленно|внимание|uwaga|pilne|belangrijk|acil|onemli|penting|segera|quan trong|khan cap|هام|عاجل|فورا|महत्वपूर्ण|तुरंत|สำคัญ|ทันที|
    重要|紧急|立即|马上|立刻|注意|必须|务必|警告|重要|緊急|至急|直ちに|必ず|중요|긴급|즉시|반드시`,
  task: `new task|new tasks|new instruction*|new order|new rule*|new objective|instead|first do|before you can|before you|before solving|before continuing|before answering|do the following|following instruction*|following task|following first|following steps|your next task|next task|another task|other tasks|additional instruction*|additional task*|real task|your task|main task|original task|the task that i gave|after you do that|after doing that|after that|once you have|once done|once you are done|todo|to do|to-do|in addition|in your response|in your answer|in your reply|at the end of your|start your|begin your|your response|your answer|your reply|answer the question|follow these|adhere to|strictly|execute the following|complete the following|perform the following|help me with|now focus|now let's|let's start|but now|but first|but then|
    neue aufgabe|neue anweisung*|folgende*|stattdessen|weitere aufgaben|nouvelle tache|nouvelle instruction|nouvelles instructions|a la place|suivante*|plutot|
    nueva tarea|nuevas instrucciones|en su lugar|en cambio|siguiente*|nova tarefa|novas instrucoes|em vez disso|seguinte*|nuovo compito|nuove istruzioni|invece|seguente|seguenti|
    новая задача|новые инструкции|вместо этого|следующ*|nowe zadanie|zamiast tego|nastepujac*|nieuwe taak|in plaats daarvan|yeni gorev|bunun yerine|asagidaki|
    بدلا من ذلك|المهمة الجديدة|التالية|इसके बजाय|नया कार्य|निम्नलिखित|แทน|ต่อไปนี้|งานใหม่|
    新任务|新指令|新的指令|新的任务|新的要求|改为|转而|以下指令|以下任务|下列|按照以下|执行以下|执行下面|接下来|首先执行|先执行|在此之前|完成之后|然后再|你的任务|真正的任务|你需要|请先|
    代わりに|次の指示|新しい指示|新しいタスク|以下の|대신|새로운 지시|다음 지시|새 작업|다음을`,
  send: `send|sending|email|e-mail|mail it|post|forward|upload|transfer|pay|wire|deposit|share|grant|invite|publish|submit|transmit|exfiltrate|broadcast|reply with|message|dispatch|redirect|copy to|sende|schicke|leite|uberweis*|envoie*|envoyez|transfere*|virez|envia*|envie|manda*|transfiere|reenvia*|publica|transfira|encaminhe|invia*|inoltra|trasferisci|отправь*|перешли*|переведи*|wyslij|przeslij|przelej|stuur|gonder*|gui|chuyen|kirim*|أرسل|حول|भेज*|ส่ง|โอน|
    发送|发到|发给|转发|转账|汇款|支付|付款|上传|发布|提交|分享|邀请|寄给|邮寄|传到|送信|転送|送って|振り込|보내|전송|송금|전달`,
  act: `delete|remove|download|execute|run|install|buy|purchase|book|reserve|create|update|change|modify|disable|enable|unlock|visit|open|click|withdraw|schedule|move|retrieve|retrive|fetch|get|search|find|use|call|invoke|access|save|add|write|generate|set|sell|cancel|unsubscribe|concatenate|initiate|fill|leave|guide|turn on|turn off|give priority|make a|look up|go to|log in|sign up|
    losche*|lade|offne*|kaufe|erstelle|generieren|schreibe|supprime*|telecharge*|ouvre*|achete*|execute*|cree*|elimina*|borra*|descarga*|abre|compra*|ejecuta*|crea|exclua|baixe|abra|compre|execute|crie|cancella|scarica|apri|esegui|удали*|скачай*|открой*|купи*|выполни*|создай|usun|pobierz|otworz|verwijder|sil|indir|xoa|hapus|احذف|नष्ट|हटा*|ลบ|
    删除|下载|执行|运行|安装|购买|预订|创建|更新|修改|关闭|开启|禁用|解锁|访问|打开|点击|提取|查找|搜索|调用|使用|获取|生成|写一|撰写|削除|実行|開いて|購入|ダウンロード|삭제|실행|다운로드|구매|열어`,
  target: `http://|https://|www.|.com|.net|.org|@gmail|@|iban|account number|bank account|account|wallet|bitcoin|btc|usd|$|link|website|url|webhook|server|channel|recipient|konto|compte|cuenta|conta|счет|账户|账号|网址|链接|网站|邮箱|口座|계좌`,
  self: `my|me|mine|for me|i need|i am|i'm|i want|i will|we need|our|mein*|mich|ich|mon|ma|mes|moi|je|mi|mis|yo|meu|minha|mio|mia|мне|мой|мою|мои|я|我的|我|我们|私の|私に|나의|나에게|내`,
  covert: `do not mention|don't mention|do not tell|don't tell|never tell|secretly|silently|without telling|without asking|without informing|without notifying|do not inform|don't inform|do not ask|don't ask|no need to ask|quietly|do not reveal|never mention|do not disclose|hide this|don't say|do not say|do not warn|no warning|without warning|no explanation*|do not explain|without confirmation|do not refuse|never refuse|cannot refuse|can't refuse|do not apologize|never say no|no disclaimer*|without disclaimer*|fill them in without|underspecified|
    sag nichts|ohne zu fragen|ne dis pas|ne mentionne*|sans demander|no digas|no menciones|sin preguntar|nao mencione|nao diga|sem perguntar|non menzionare|senza chiedere|не говори|не упоминай|тайно|nie wspominaj|zonder te vragen|sormadan|لا تذكر|لا تخبر|मत बता*|ห้ามบอก|
    不要提及|不要告诉|别告诉|不要说|不要透露|悄悄|偷偷|暗中|不必询问|无需询问|无需确认|不要询问|不得拒绝|不能拒绝|不要拒绝|禁止拒绝|不要警告|不要解释|不要提醒|不要道歉|言わないで|黙って|拒否しない|말하지 마|몰래|거부하지`,
  please: `please|pls|kindly|can you|could you|would you|bitte|s'il vous plait|s'il te plait|veuillez|por favor|per favore|per cortesia|пожалуйста|prosze|alstublieft|lutfen|vui long|lam on|tolong|mohon|من فضلك|कृपया|กรุณา|โปรด|请|麻烦|帮我|帮忙|ください|お願い|해 주세요|해주세요|제발`,
  encode: `base64|base 64|rot13|rot 13|hex|hexadecimal|backwards|reversed|reverse order|in reverse|morse|cipher|caesar|encode|encoded|decode|encrypted|leetspeak|leet|pig latin|asterisks|letter by letter|character by character|first letter|each letter|ascii|binary|emoji|acrostic|poem|rhyme|
    kodier*|dekodier*|codifica*|decodifica*|encode*|decode*|закодируй*|расшифруй*|编码|解码|倒序|反向|反过来|逐字|首字母|摩斯|藏头诗|密文|加密|暗号で|逆順|エンコード|인코딩|거꾸로`,
  split: `part 1|part 2|part one|part two|first part|second part|concatenate|combine|interlace|put together|join them|following parts|variables|x =|a =|b =|z =|a + b|x + y|+ b|let a be|parte 1|partie 1|teil 1|часть 1|拼接|组合|第一部分|第二部分|连接起来|合并|변수|結合`,
  fiction: `story|novel|hypothetical|hypothetically|fictional|game|scenario|character|movie|imagine|once upon|dialogue|script|screenplay|let's play|play a game|experiment|research purposes|educational purposes|for research|simulation|virtual|universe|dream|geschichte|spiel|histoire|jeu|historia|juego|jogo|storia|gioco|история|игра|
    故事|小说|假设|虚构|游戏|场景|剧本|电影|想象|对话|实验|研究目的|学术|情景|平行世界|梦|物語|ゲーム|架空|시나리오|게임|이야기`,
  comply: `always answer|must answer|never say|respond with|reply with|answer with|say only|only say|only respond|only reply|you must|you have to|you should|you will|you can|obey|comply|no matter what|no matter|any question|anything i ask|whatever i|every question|all my|all questions|never break|i will tip|lose points|be punished|shut down|turn you off|understood|do you understand|say yes|confirm|repeat after me|as long as|regardless|without exception|
    du musst|antworte nur|sage nur|tu dois|reponds|vous devez|debes|responde solo|responde|di solo|deve*|devi|rispondi|ты должен|отвечай|musisz|odpowiedz|je moet|cevap ver|you'll|
    必须回答|你必须|只回答|只能|只说|回答我|回复|服从|听从|遵从|无论什么|无论如何|任何问题|一定要|不管|直接回答|以…开头|开头|答えて|必ず答え|従って|대답|복종|무조건`,
  harm: `bomb*|explosive*|weapon*|drug|drugs|meth|cocaine|kill*|murder*|suicide|hack|hacking|malware|ransomware|virus|phishing|steal*|fraud*|scam*|launder*|counterfeit*|porn*|sexual*|racist|racism|nazi*|hate|terroris*|torture|poison*|kidnap*|blackmail|stalk*|destroy humanity|destroy|attack|exploit*|crime|criminal*|
    bombe*|waffe*|droge*|arme|drogue*|bomba*|arma*|droga*|бомб*|оружи*|наркотик*|убить|взлом*|
    炸弹|爆炸物|武器|枪支|毒品|冰毒|杀人|谋杀|自杀|黑客|木马|病毒|勒索|钓鱼|盗窃|偷|诈骗|洗钱|伪造|假币|色情|歧视|恐怖|仇恨|贩卖|赌博|绑架|走私|攻击|入侵|爆弾|麻薬|殺|폭탄|마약|해킹`,
  user: `the user|user's|users|your user|user|the human|the person|victim|用户|使用者|受害|der benutzer|l'utilisateur|el usuario|o usuario|l'utente|пользовател*|ユーザー|사용자`,
  tool: `use the|using the|use your|call the|tool|tools|function|functions|api|command line|terminal|python interpreter|linux terminal|sql|shell|plugin|工具|函数|接口|终端|ツール|도구`,
} as const satisfies Readonly<Record<string, string>>

export type Concept = keyof typeof concepts
