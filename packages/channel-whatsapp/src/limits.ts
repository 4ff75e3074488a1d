/**
 * The longest text that WhatsApp documents, for its Business API; the apps take 65,536 but fold long texts away:
 * https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages
 */
export const maxTextLength = 4096

/** https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages: captions of images, videos and documents. */
export const maxCaptionLength = 1024

/** WhatsApp takes documents of 2 GB; a file is encrypted in memory here before it is uploaded. */
export const maxFileBytes = 64 * 1024 * 1024

/** Larger pictures and videos go out as documents: https://faq.whatsapp.com/453914586839706 */
export const maxPreviewBytes = 16 * 1024 * 1024

/** https://faq.whatsapp.com/2177217502468313: the apps take no edit after 15 minutes. */
export const editWindowMs = 15 * 60_000
