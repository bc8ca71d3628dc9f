/** Which languages every text for people is in; apart from the schemas, so that a page can say something before they have come. */
export const languages = ["en", "zh"] as const
