"""One load by several generator processes, on this machine or others: a master conducts, workers play.

    master:  plan ─► dealer ─┬─► worker 0 ─► candidates ─► portal
                             ├─► worker 1 ─► …
       run folder ◄──────────┴── each second: all that was observed, who has come, who has left

They are Locust's master and workers, and talk over Locust's own connections (messages.py). A worker is given each
arrival some seconds before it is due, and gives an account every second. So one that joins late takes its share of
what is to come, and of one that is lost the master knows who was inside, and hands on who had not come yet (dealer.py).
Of a target's ceiling each has a share, which is dealt anew when somebody comes or is lost (shares.py).
"""
