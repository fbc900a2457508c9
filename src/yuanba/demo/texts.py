"""What the demo's invented residents ask. Every text is made up; places are the demo district's own."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ask:
    """A request to be played: its words, where (a name of the cast), category, tier, who handles it, what is answered."""

    text: str
    place: str
    category: str
    tier: str
    owner: str
    answer: str


ASKS = (
    Ask("3栋2单元楼道灯坏了一个多星期，晚上老人上下楼看不见，很危险。", "unit_2", "roads-lights", "small", "yucheng", "楼道灯已由社区请电工更换，3栋2单元各层试亮正常。"),
    Ask("玉城家园门口的垃圾桶经常满出来没人清，天热了味道很大。", "yucheng_estate", "sanitation", "small", "yucheng", "已增加一次清运，每天早晚各清一次，桶身已冲洗消毒。"),
    Ask("小区到最近的公交站要走半个小时山路，老人孩子出行很不方便，希望通一趟公交。", "yucheng_estate", "buses", "big", "transport", "已增开至玉城家园的公交复线，平均十分钟一班，首班六点半。"),
    Ask("枇杷坪广场晚上跳舞音响太大，家里不敢开窗。", "square", "noise", "big", "zhonggulou", "已与各舞队约定晚八点半前结束，街道统一配音响并现场测分贝。"),
    Ask("4栋楼下有人把废旧家具堆在消防通道上，堆了快一个月。", "building_4", "fire-safety", "small", "yucheng", "消防通道的旧家具已清走，楼栋长会每天查看。"),
    Ask("楼上邻居装修从早上六点敲到晚上十点，已经半个月了。", "building_3", "neighbours", "private", "yucheng", "社区上门劝导，双方约定早八点后、晚七点前施工，周末不施工。"),
    Ask("小区下水道堵了，一下雨污水就倒灌到一楼。", "building_4", "utilities", "small", "shahe", "已疏通主管并更换一段破损管道，降雨后回访未再倒灌。"),
    Ask("沙河这边没有中学，孩子每天过河上学要一个多小时。", "shahe", "school-places", "hard", "education", "新建中学选址与资金已落实，今年九月开学，施工进度每月公布。"),
    Ask("路边停车把人行道全占了，推婴儿车只能走机动车道。", "yucheng", "parking", "small", "shahe", "已施划停车线并加装隔离柱，交警定时巡查。"),
    Ask("社区门口的路面塌了一个坑，晚上看不见，已经有人摔倒。", "longbao", "roads-lights", "big", "urban-management", "坑洞已回填并重铺沥青，当晚验收放行。"),
    Ask("物业费涨了却没人打扫楼道，要求公开收支。", "yucheng_estate", "property-management", "small", "yucheng", "已在公示栏公开上季度收支，楼道保洁改为每周三次。"),
    Ask("餐馆油烟直接排到居民楼窗口，全楼都有意见。", "building_3", "air", "big", "urban-management", "餐馆已加装净化器并改高烟道，复测达标。"),
    Ask("小区里流浪狗多，小孩不敢下楼玩。", "longbao", "public-order", "small", "longbao", "已联系收容机构捕捉七只，并张贴文明养犬约定。"),
    Ask("独居老人想申请助餐，不知道找谁办。", "yucheng", "elderly-care", "private", "yucheng", "社区已上门代办助餐登记，下周一起送餐到家。"),
    Ask("工地半夜还在打桩，孩子睡不着。", "pipaping", "noise", "big", "urban-management", "已责令夜间停工并现场查处，施工许可时段已公示。"),
    Ask("自来水发黄有沉淀，已经三天了，怎么喝？", "yucheng_estate", "utilities", "big", "shahe", "供水公司已冲洗管网并更换阀门，水质复检合格。"),
    Ask("想给院坝添几件健身器材，大家都愿意出力。", "yucheng_estate", "culture-sports", "private", "yucheng", "居民议事会已商定摆放位置，器材本月安装。"),
    Ask("楼顶漏水，找了几次没人管，天花板都发霉了。", "building_4", "building-quality", "small", "yucheng", "已查明为屋面防水层破损，由施工队修补，雨后回访不再渗漏。"),
    Ask("广场边电动车乱停乱充，怕着火。", "square", "fire-safety", "small", "zhonggulou", "已划定停放区并安装充电桩，飞线全部清除。"),
    Ask("街道便民窗口中午没人，上班的人办不了事。", "shahe", "counter-service", "small", "shahe", "窗口已实行错时值班，中午和周六上午可以办。"),
    Ask("公交改线以后站牌没换，坐错车好几次。", "zhonggulou", "buses", "small", "transport", "站牌已全部更换，并在站台张贴改线说明。"),
    Ask("小区大树枝压到电线，刮风就冒火花。", "longbao", "hazards", "big", "urban-management", "树枝已修剪，电力公司复查线路正常。"),
    Ask("隔壁单位占了消防车道建棚子。", "pipaping", "illegal-building", "big", "urban-management", "当事人已自行拆除，车道恢复畅通。"),
    Ask("老旧小区电线像蜘蛛网，希望规整一下。", "yucheng_estate", "telecom", "big", "shahe", "已列入线缆整治，三栋四栋先行，下月完工。"),
)
