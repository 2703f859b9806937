// Every sentence that a script shows. The Chinese text is the key; `t` takes no other, so tsc proves the English complete.
const english = {
  '网络中断，内容已保存在本机，恢复后可重试': 'The network is down. Your text is kept on this machine; try again when it is back.',
  '服务器没有完成这次操作，内容已保存在本机': 'The server did not finish this. Your text is kept on this machine.',
  '重试': 'Try again',
  '登录已过期，请重新登录后继续，内容已保存在本机': 'You have been signed out. Sign in again to go on; your text is kept on this machine.',
  '重新登录': 'Sign in again',
  '已恢复上次未提交的内容': 'Text that was not sent has been restored.',
  '清除': 'Discard',
  '快捷键': 'Keys',
  '关闭': 'Close',
  '下一件': 'Next case',
  '上一件': 'Previous case',
  '打开': 'Open',
  '返回列表': 'Back to the list',
  '查找': 'Search',
  '勾选': 'Tick',
  '提交当前表单': 'Send this form',
  '填入常用语': 'Insert a phrase',
  '显示快捷键': 'Show the keys',
  '撤回': 'Take back',
  '已勾选 {0} 件': '{0} ticked',
  '本机不能显示地图，请按坐标和地址办理': 'This machine cannot draw the map. Coordinates and address serve instead.',
  '地图没有加载成功，请按坐标和地址办理': 'The map did not load. Coordinates and address serve instead.',
  '经度': 'Longitude',
  '纬度': 'Latitude',
  '地图：可用方向键移动，加减号缩放': 'Map: move with the arrow keys, zoom with plus and minus',
  '放大': 'Zoom in',
  '缩小': 'Zoom out',
  '正在上传 {0}%': 'Sending {0} %',
  '已上传': 'Sent',
  '上传失败，点此重试': 'Not sent. Tap to try again.',
  '删除照片': 'Remove the photo',
  '照片 {0}': 'Photo {0}',
  '这张照片无法读取': 'This photo cannot be read',
  '还有照片没有上传完': 'Some photos are not sent yet',
  '正在定位…': 'Finding the place…',
  '已定位，误差约 {0} 米': 'Placed to within about {0} m',
  '定位失败，请在地图上选点或填写地址': 'The place was not found. Pick it on the map or write the address.',
  '没有允许定位，请在地图上选点或填写地址': 'Locating is not allowed. Pick the place on the map or write the address.',
  '没有找到': 'Nothing found',
  '去掉': 'Remove',
  '照片最多 {0} 张': 'No more than {0} photos',
  '已有位置，可以重新定位': 'There is a place already; it can be found again.',
  '已定位，误差约 {0} 米，距问题位置约 {1} 米': 'Placed to within about {0} m, about {1} m from the problem',
  '误差太大，请到开阔处重新定位，或在地图上选点': 'Too rough. Try again under open sky, or pick the place on the map.',
  '网络已断开。可以接着填写，内容保存在本机，恢复后再提交': 'No network. Go on writing: it is kept on this phone, to be sent when the network is back.',
  '类别没有加载成功，请重试': 'The categories did not load. Try again.',
  '点此选择大类、小类和立案条件': 'Choose category and condition',
} as const

export type Words = keyof typeof english

/** The sentence in the page's language; `{0}` is replaced by the first value, and so on. */
export function t(words: Words, ...values: (string | number)[]): string {
  const found: string = document.documentElement.lang.startsWith('en') ? english[words] : words
  return found.replace(/\{(\d)\}/g, (_, index: string) => String(values[Number(index)] ?? ''))
}
