"""What a buyer reads who follows a link that is not there, was stopped or has expired."""

from linkstar.collector.requests import NO_SNIFFING, NO_STORE, Answer

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>This link leads nowhere · 此链接已失效</title>
<style>
body{font:1.1rem/1.6 system-ui,sans-serif;margin:15vh auto 0;max-width:32rem;padding:0 1.5rem}
</style>
</head>
<body>
<main>
<h1>This link leads nowhere</h1>
<p>It has ended, or never was. Whoever shared it can give you another.</p>
<section lang="zh-Hans">
<h2>此链接已失效</h2>
<p>链接已结束或不存在，请向分享者索取新的链接。</p>
</section>
</main>
</body>
</html>
"""
_POLICY = ("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'")
LEADS_NOWHERE = Answer(
    404,
    _PAGE.encode(),
    (("content-type", "text/html; charset=utf-8"), NO_SNIFFING, NO_STORE, _POLICY),
)
