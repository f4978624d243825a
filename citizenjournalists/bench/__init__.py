"""The benchmark: real servers, real data, figures as ratios to a bare Django view.

`data` fills a scratch database, `server` runs what is measured, `client` asks and counts,
`measures` names what is measured. `manage.py bench` puts them together.
"""
