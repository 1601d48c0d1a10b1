package web

import "html/template"

// icons are drawn on a grid of 24 with one line width. They decorate: the word
// beside them says what they mean.
var icons = func() map[string]template.HTML {
	made := map[string]template.HTML{
		"logo": `<svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="8" fill="#0b6579"/><path d="M10 8H7v16h3M22 8h3v16h-3" fill="none" stroke="#fff" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round"/><rect x="10.5" y="13" width="11" height="6" rx="1.5" fill="#fff"/></svg>`,
	}
	for name, paths := range map[string]template.HTML{
		"overview": `<path d="M4 20V10M10 20V4M16 20v-7M21 20H3"/>`,
		"audit":    `<path d="M5 4h14v16H5zM8.5 9h7M8.5 13h7M8.5 17h4"/>`,
		"alerts":   `<path d="M6 17V11a6 6 0 0 1 12 0v6l1.5 2h-15zM10 21.5h4"/>`,
		"policies": `<path d="M12 3l8 3v6c0 5-3.5 8-8 9-4.5-1-8-4-8-9V6zM9 12l2.2 2.2L15.5 10"/>`,
		"try":      `<path d="M9 3h6M10 3v6l-5.5 9.5a1.6 1.6 0 0 0 1.4 2.5h12.2a1.6 1.6 0 0 0 1.4-2.5L14 9V3M7.5 15h9"/>`,
		"proxies":  `<path d="M4 5h16v5H4zM4 14h16v5H4zM7.5 7.5h.01M7.5 16.5h.01"/>`,
		"changes":  `<path d="M12 7v5l3.5 2M4.5 9A8 8 0 1 1 4 13M4 5v4h4"/>`,
		"access":   `<path d="M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c.4-3.6 3-5.5 6.5-5.5s6.1 1.9 6.5 5.5M16 11.5a3.5 3.5 0 0 0 0-7M18.5 14.9c1.8.8 2.8 2.5 3 5.1"/>`,
		"webhooks": `<path d="M9 15l6-6M10 6l1.5-1.5a4.5 4.5 0 0 1 6.5 6.5L16.5 12.5M14 18l-1.5 1.5A4.5 4.5 0 0 1 6 13l1.5-1.5"/>`,
		"check":    `<path d="M5 12.5l4.5 4.5L19 7.5"/>`,
		"alert":    `<path d="M12 4L2.5 20h19zM12 10v5M12 17.5h.01"/>`,
		"info":     `<path d="M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5M12 8h.01"/>`,
	} {
		made[name] = `<svg viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round">` + paths + `</svg>`
	}
	return made
}()
