"""One spelling for the many ways to type the same sign, character for character.

Folding never changes the length of a text, so offsets found in the folded text hold in the original.
"""

from __future__ import annotations

import re

# Traditional signs that occur in names and addresses, each with its simplified form behind it. One to one
# only: signs whose simplified form depends on the word are left alone.
_TRADITIONAL = (
    "萬万與与東东絲丝兩两嚴严豐丰麗丽舉举義义烏乌樂乐喬乔習习鄉乡書书買买亂乱雲云亞亚產产畝亩親亲億亿僅仅從从倉仓儀仪們们價价眾众優优會会傘伞偉伟傳传倫伦偽伪體体傑杰僑侨儲储兒儿黨党蘭兰關关興兴養养"
    "獸兽內内岡冈冊册寫写軍军農农馮冯衝冲決决況况凍冻淨净涼凉減减鳳凤憑凭凱凯擊击劉刘則则剛刚創创別别劃划劇剧劍剑勸劝辦办務务動动勵励勁劲勞劳勢势區区醫医華华協协單单賣卖盧卢衛卫廠厂廳厅歷历壓压廈厦"
    "縣县參参雙双發发變变敘叙葉叶號号嘆叹嚇吓呂吕嗎吗聽听啟启吳吴員员響响問问團团園园圍围國国圖图圓圆聖圣場场壞坏塊块堅坚壇坛壩坝塢坞墳坟墜坠壟垄壘垒墊垫塵尘墻墙牆墙壯壮聲声處处備备復复頭头奪夺奮奋"
    "奧奥婦妇媽妈學学寧宁寶宝實实審审憲宪宮宫寬宽賓宾對对尋寻導导壽寿將将爾尔層层屬属歲岁嶺岭嶽岳崗岗島岛峽峡嶼屿幣币師师帳帐帶带幫帮幹干廣广莊庄慶庆廬庐庫库應应廟庙廢废開开異异張张彌弥彎弯彈弹強强"
    "歸归當当錄录徹彻徑径憶忆憂忧懷怀態态總总戀恋恆恒惡恶悅悦驚惊慣惯願愿戰战戲戏戶户撲扑執执擴扩掃扫揚扬擾扰撫抚搶抢護护報报擔担擬拟攔拦擁拥擇择擋挡揮挥損损換换據据攝摄攤摊敵敌數数斷断無无舊旧時时"
    "曠旷曉晓暉晖暫暂術术機机殺杀雜杂權权條条來来楊杨極极構构槍枪楓枫櫃柜標标棧栈棟栋欄栏樹树樣样橋桥檔档櫻樱櫚榈歐欧歡欢殘残毀毁畢毕氣气漢汉湯汤溝沟沒没滬沪淚泪瀘泸澤泽潔洁灑洒濁浊測测濟济渾浑濃浓"
    "濤涛漣涟潤润漲涨漿浆澗涧淵渊滿满濱滨灘滩灣湾溫温遊游灄滠滅灭燈灯靈灵災灾爐炉點点煉炼燒烧燙烫熱热爺爷牽牵狀状獅狮獨独環环現现瑪玛瓏珑琺珐瑩莹瑤瑶甌瓯電电畫画療疗瘡疮癢痒皺皱監监蓋盖盤盘睏困礦矿"
    "碼码磚砖確确禮礼禍祸禪禅離离種种積积稱称穩稳窮穷窯窑竅窍競竞筆笔築筑簡简節节籃篮籬篱類类糧粮緊紧紅红約约級级紀纪純纯紗纱綱纲納纳縱纵紛纷紙纸紡纺線线組组細细織织終终紹绍經经結结絡络給给絕绝統统"
    "綉绣繡绣繼继續续維维綿绵綜综綠绿緣缘編编縫缝繞绕羅罗罰罚罷罢聯联職职聰聪腳脚腫肿膚肤臨临艦舰藝艺蘇苏蘋苹範范莖茎蕩荡榮荣葷荤蔣蒋蔭荫藥药蓮莲獲获螢萤營营蕭萧薩萨蘆芦蘊蕴虛虚蟲虫雖虽蠶蚕補补裝装"
    "裏里裡里見见規规視视覺觉覽览觀观訂订計计討讨訓训記记講讲許许論论設设訪访證证評评識识訴诉診诊詞词試试詩诗話话該该詳详語语誤误說说請请諾诺讀读課课調调談谈謝谢譚谭貝贝負负財财責责貢贡貨货質质貫贯"
    "費费貿贸賀贺資资賈贾賢贤賬账賴赖購购贈赠趙赵趕赶躍跃車车軌轨軒轩轉转輪轮軟软輕轻載载輔辅輛辆輝辉輸输轄辖邊边達达遷迁過过邁迈運运還还這这進进遠远違违連连遲迟適适選选遺遗鄧邓鄭郑鄰邻鄒邹醬酱釋释"
    "鑒鉴針针釣钓鈔钞鋼钢鑰钥鐘钟鍾钟錢钱鐵铁鉛铅銀银銅铜銘铭鋪铺鎖锁鍋锅錦锦鎮镇鏡镜長长門门閃闪閉闭閒闲間间聞闻閣阁閘闸閩闽閱阅闊阔隊队陽阳陰阴陣阵階阶際际陸陆陳陈險险隨随隱隐難难霧雾靜静韓韩韻韵"
    "頁页頂顶項项順顺須须頓顿預预領领頤颐頻频題题額额顏颜風风飛飞飯饭飲饮館馆馬马馳驰駐驻駕驾驛驿騎骑騰腾驢驴魚鱼魯鲁鮮鲜鯉鲤鳥鸟鳴鸣鴻鸿鵝鹅鶴鹤鷹鹰鹽盐麥麦黃黄齊齐齒齿龍龙龐庞龜龟樓楼竈灶巖岩滙汇"
    "匯汇彙汇臺台衆众峯峰邨村羣群啓启綫线週周於于"
)

# 伍 and 陆 are left alone: they are surnames, and part of many place names.
_FORMAL_NUMERALS = "壹一贰二貳二叁三肆四柒七捌八玖九拾十佰百仟千〇零"
_MARKS = "（(）)【(】)［(］)＃#－-—-–-‐-‑-―-─-～~〜~＿_　 \u00a0 ．.／/＋+"


def _table() -> dict[str, str]:
    pairs = _TRADITIONAL + _FORMAL_NUMERALS + _MARKS
    table = dict(zip(pairs[::2], pairs[1::2], strict=True))
    for small, capital in zip("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", strict=True):
        wide = ord(capital) - 0x41
        table |= {small: capital, chr(0xFF21 + wide): capital, chr(0xFF41 + wide): capital}
    for value in range(10):
        table[chr(0xFF10 + value)] = str(value)
    for value in range(1, 10):
        table |= {chr(0x2160 + value - 1): str(value), chr(0x2460 + value - 1): str(value)}
    return {sign: plain for sign, plain in table.items() if sign != plain}


_TABLE = _table()
_FOLDABLE = re.compile("[" + "".join(re.escape(sign) for sign in _TABLE) + "\ud800-\udfff]")


def fold(text: str) -> str:
    """The text with simplified signs, half-width capitals and digits; always as long as the text given.

    A lone surrogate, which no text file can hold, becomes U+FFFD.
    """
    return _FOLDABLE.sub(lambda found: _TABLE.get(found[0], "\ufffd"), text)
